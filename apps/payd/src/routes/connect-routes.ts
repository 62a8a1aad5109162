import { problem, type HttpRequest, type HttpResponse, type HttpRoute } from "@p4/http";
import type { Logger } from "@p4/telemetry";
import { isPaydError, paydErrors } from "../errors.ts";
import { isInvoiceId } from "../merchant/invoice-desk.ts";

/**
 * `POST /connect/:invoiceID`: 204, or 500 on any failure, as the mission's document has it. PayD serves the same at
 * `POST /api/v1/socket/connect/:invoiceID` and answers 201.
 */
export function connectRoutes(connect: (invoiceId: string) => Promise<void>, logger: Logger): HttpRoute[] {
  const answering =
    (status: number) =>
    async ({ params }: HttpRequest): Promise<HttpResponse> => {
      const invoiceId = params["invoiceID"] ?? "";
      try {
        if (!isInvoiceId(invoiceId)) {
          return failed("PAYD_INVOICE_UNKNOWN", "invoiceID: must be 8 to 20 letters and digits");
        }
        await connect(invoiceId);
        return { status };
      } catch (error) {
        logger.error({ invoiceId, error }, "connect failed");
        if (isPaydError(error)) return failed(error.code, error.message);
        return problem(500, { code: "PAYD_INTERNAL", title: "the wallet could not do this", detail: "see its log" });
      }
    };
  return [
    { method: "POST", path: "/connect/:invoiceID", handle: answering(204) },
    { method: "POST", path: "/api/v1/socket/connect/:invoiceID", handle: answering(201) },
  ];
}

function failed(code: keyof typeof paydErrors, detail: string): HttpResponse {
  return problem(500, { code, title: paydErrors[code].title, detail });
}
