import type { AnswerEvent, SequencedEvent } from "@p4/channel";
import { problem, type HttpResponse } from "@p4/http";
import { decodeFrame, membersOf } from "@p4/protocol";

type WholeAnswer = SequencedEvent<AnswerEvent["type"]>;

/** The merchant's answer as HTTP, its body untouched. Statuses are those of the deployed proxy. */
export function answerResponse(answer: WholeAnswer, accept: string | undefined): HttpResponse {
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

/** What a merchant's code means over HTTP. "Not found" has codes of its own in wallets in use; any other is its failure. */
const statusByCode: Readonly<Record<string, number>> = {
  400: 400,
  404: 404,
  N0001: 404,
  N00001: 404,
  409: 409,
  422: 422,
};

function merchantError(answer: WholeAnswer, bodyText: string | null): HttpResponse {
  if (bodyText === null) {
    const title = "The merchant could not answer";
    return problem(500, { code: "MERCHANT_ERROR", title, detail: answer.data.message.key });
  }
  return withBody(statusOf(bodyText), bodyText, "application/json");
}

/** The code is a number or text; its name is `Code` in Go without tags. */
function statusOf(bodyText: string): number {
  const body: unknown = JSON.parse(bodyText);
  if (typeof body !== "object" || body === null) return 500;
  for (const code of membersOf(body as Record<string, unknown>, "code")) {
    const name = typeof code === "number" ? String(code) : code;
    if (typeof name === "string" && Object.hasOwn(statusByCode, name)) return statusByCode[name] ?? 500;
  }
  return 500;
}

function withBody(status: number, bodyText: string | null, contentType: string): HttpResponse {
  const headers = { "content-type": contentType, "cache-control": "no-store", vary: "accept" };
  return { status, headers, body: bodyText ?? "null" };
}

/** BIP270 has media types of its own: given to who names them, since others expect plain JSON. */
function bip270Type(accept: string | undefined, mediaType: string): string {
  return accept?.toLowerCase().includes(mediaType) === true ? mediaType : "application/json";
}
