import { problem, type HttpRequest, type HttpResponse, type HttpRoute } from "@p4/http";
import type { Logger } from "@p4/telemetry";
import { isPaydError, PaydError, paydErrors } from "../errors.ts";
import { isInvoiceId } from "../merchant/invoice-service.ts";
import { answerErrors } from "./answer-errors.ts";
import { readQuery } from "./read-query.ts";

/**
 * `POST /connect/:invoiceID`: 204, or 500 on any failure, as the protocol's document has it. PayD serves the same at
 * `POST /api/v1/socket/connect/:invoiceID` and answers 201; there each failure has its own status.
 */
export function connectRoutes(connect: (invoiceId: string) => Promise<void>, logger: Logger): HttpRoute[] {
  const join = async ({ params, query }: HttpRequest): Promise<void> => {
    const invoiceId = params["invoiceID"] ?? "";
    readQuery(query, []);
    if (!isInvoiceId(invoiceId)) {
      throw new PaydError("PAYD_INVOICE_UNKNOWN", "invoiceID: must be 8 to 20 letters and digits");
    }
    try {
      await connect(invoiceId);
    } catch (error) {
      logger.error({ invoiceId, error }, "connect failed");
      throw error;
    }
  };
  return [
    {
      method: "POST",
      path: "/connect/:invoiceID",
      async handle(request) {
        try {
          await join(request);
          return { status: 204 };
        } catch (error) {
          if (isPaydError(error)) return failed(error.code, error.message);
          return problem(500, { code: "PAYD_INTERNAL", title: "the wallet could not do this", detail: "see its log" });
        }
      },
    },
    answerErrors({
      method: "POST",
      path: "/api/v1/socket/connect/:invoiceID",
      async handle(request) {
        await join(request);
        return { status: 201 };
      },
    }),
  ];
}

function failed(code: keyof typeof paydErrors, detail: string): HttpResponse {
  return problem(500, { code, title: paydErrors[code].title, detail });
}
