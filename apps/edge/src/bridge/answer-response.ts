import type { AnswerEvent } from "@p4/channel";
import { problem, type HttpResponse } from "@p4/http";
import { decodeFrame } from "@p4/protocol";

/** The merchant's answer as HTTP, its body untouched. Statuses are those of the deployed proxy. */
export function answerResponse(answer: AnswerEvent, accept: string | undefined): HttpResponse {
  const bodyText = bodyOf(answer);
  switch (answer.type) {
    case "TermsOffered":
      return withBody(200, bodyText, bip270Type(accept, "application/bitcoinsv-paymentrequest"));
    case "PaymentAccepted":
      return withBody(201, bodyText, bip270Type(accept, "application/bitcoinsv-paymentack"));
    case "PaymentRefused":
      return withBody(422, bodyText, bip270Type(accept, "application/bitcoinsv-paymentack"));
    case "TermsRefused":
    case "PaymentFailed":
      return merchantError(answer, bodyText);
  }
}

/** The body of a stored message, in the text in which its sender wrote it. */
export function bodyOf(event: { readonly data: { readonly message: { readonly raw: string } } }): string | null {
  const frame = decodeFrame(event.data.message.raw, { maxBytes: Number.MAX_SAFE_INTEGER });
  return frame.ok ? frame.message.bodyText : null;
}

/** "Not found" has a code of its own, spelled in three ways by the wallets in use; any other is the merchant's failure. */
const notFoundCodes: ReadonlySet<unknown> = new Set(["404", 404, "N0001", "N00001"]);

function merchantError(answer: AnswerEvent, bodyText: string | null): HttpResponse {
  if (bodyText === null) {
    const title = "The merchant could not answer";
    return problem(500, { code: "MERCHANT_ERROR", title, detail: answer.data.message.key });
  }
  const body: unknown = JSON.parse(bodyText);
  const code = typeof body === "object" && body !== null ? (body as { code?: unknown }).code : undefined;
  return withBody(notFoundCodes.has(code) ? 404 : 500, bodyText, "application/json");
}

function withBody(status: number, bodyText: string | null, contentType: string): HttpResponse {
  const headers = { "content-type": contentType, "cache-control": "no-store", vary: "accept" };
  return { status, headers, body: bodyText ?? "null" };
}

/** BIP270 has media types of its own: given to who names them, since others expect plain JSON. */
function bip270Type(accept: string | undefined, mediaType: string): string {
  return accept?.toLowerCase().includes(mediaType) === true ? mediaType : "application/json";
}
