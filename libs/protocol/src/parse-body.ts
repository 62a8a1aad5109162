import typia, { type IValidation } from "typia";
import type { ClientError } from "./bodies/client-error.ts";
import type { JsonEnvelope } from "./bodies/json-envelope.ts";
import type { Bip270Payment, Brc27Payment, DppPayment } from "./bodies/payment.ts";
import type { Bip270PaymentAck, Brc27PaymentAck, DppPaymentAck } from "./bodies/payment-ack.ts";
import type { Bip270PaymentRequest, Brc27PaymentTerms, DppPaymentRequest } from "./bodies/payment-request.ts";
import { bodyRule } from "./body-rule.ts";
import { messageSpec } from "./catalogue.ts";
import { wireError, type WireError } from "./errors.ts";
import { defaultMaxDepth, JsonScanner } from "./scan.ts";

/** What a body was recognised as. `opaque` is none of the known vocabularies: it is relayed, but nothing is known of it. */
export type ParsedBody =
  | { readonly form: "none" }
  | { readonly form: "opaque" }
  | { readonly form: "bip270.paymentRequest"; readonly value: Bip270PaymentRequest }
  | { readonly form: "dpp.paymentRequest"; readonly value: DppPaymentRequest }
  | { readonly form: "brc27.paymentTerms"; readonly value: Brc27PaymentTerms }
  | { readonly form: "bip270.payment"; readonly value: Bip270Payment }
  | { readonly form: "dpp.payment"; readonly value: DppPayment }
  | { readonly form: "brc27.payment"; readonly value: Brc27Payment }
  | { readonly form: "bip270.paymentAck"; readonly value: Bip270PaymentAck }
  | { readonly form: "dpp.paymentAck"; readonly value: DppPaymentAck }
  | { readonly form: "brc27.paymentAck"; readonly value: Brc27PaymentAck }
  | { readonly form: "clientError"; readonly value: ClientError }
  | { readonly form: "jsonEnvelope"; readonly value: JsonEnvelope };

export type BodyResult =
  { readonly ok: true; readonly body: ParsedBody } | { readonly ok: false; readonly error: WireError };

type Form = ParsedBody["form"];

/** One vocabulary: the member that only it has, and its check. First match wins. */
interface Vocabulary {
  readonly form: Exclude<Form, "none" | "opaque">;
  readonly marks: readonly string[];
  readonly validate: (input: unknown) => IValidation<unknown>;
}

const paymentRequests: readonly Vocabulary[] = [
  { form: "brc27.paymentTerms", marks: ["modes"], validate: typia.createValidate<Brc27PaymentTerms>() },
  { form: "dpp.paymentRequest", marks: ["destinations"], validate: typia.createValidate<DppPaymentRequest>() },
  { form: "bip270.paymentRequest", marks: ["outputs"], validate: typia.createValidate<Bip270PaymentRequest>() },
];

const payments: readonly Vocabulary[] = [
  { form: "brc27.payment", marks: ["modeId", "mode"], validate: typia.createValidate<Brc27Payment>() },
  { form: "bip270.payment", marks: ["transaction"], validate: typia.createValidate<Bip270Payment>() },
  {
    form: "dpp.payment",
    marks: ["rawTx", "ancestry", "spvEnvelope"],
    validate: typia.createValidate<DppPayment>(),
  },
];

const paymentAcks: readonly Vocabulary[] = [
  { form: "brc27.paymentAck", marks: ["modeId"], validate: typia.createValidate<Brc27PaymentAck>() },
  { form: "bip270.paymentAck", marks: ["payment"], validate: typia.createValidate<Bip270PaymentAck>() },
  {
    form: "dpp.paymentAck",
    marks: ["tx_id", "peer_channel", "error", "id", "memo"],
    validate: typia.createValidate<DppPaymentAck>(),
  },
];

const clientErrors: readonly Vocabulary[] = [
  { form: "clientError", marks: ["code", "message", "title"], validate: typia.createValidate<ClientError>() },
];

const envelopes: readonly Vocabulary[] = [
  { form: "jsonEnvelope", marks: ["payload"], validate: typia.createValidate<JsonEnvelope>() },
];

/**
 * Checks a body for shape and limits where it is understood. Unknown members are never refused, and a body of no known
 * vocabulary is `opaque`, not an error: wallets differ, and the merchant judges. The text itself is what gets relayed.
 */
export function parseBody(key: string, bodyText: string | null): BodyResult {
  if (bodyText === null) return { ok: true, body: { form: "none" } };
  const vocabularies = vocabulariesOf(key);
  if (vocabularies.length === 0) return { ok: true, body: { form: "opaque" } };
  // Bodies also come by HTTP, without a frame: the validators below recurse, so the depth is bounded here too.
  const scanner = new JsonScanner(bodyText, defaultMaxDepth);
  if (!scanner.isValue()) {
    return { ok: false, error: wireError(scanner.fault === "depth" ? "WIRE_TOO_DEEP" : "WIRE_NOT_JSON", "body") };
  }
  const value: unknown = JSON.parse(bodyText);
  if (typeof value !== "object" || value === null) return { ok: true, body: { form: "opaque" } };
  const vocabulary = vocabularies.find((candidate) => candidate.marks.some((mark) => Object.hasOwn(value, mark)));
  if (vocabulary === undefined) return { ok: true, body: { form: "opaque" } };
  const result = vocabulary.validate(value);
  if (!result.success) return { ok: false, error: bodyError(result) };
  // The validator of this form has just proved the type.
  return { ok: true, body: { form: vocabulary.form, value } as ParsedBody };
}

/** The merchant's verdict. No body, or one without `error`, means accepted: Go leaves a zero out. */
export function ackOutcome(bodyText: string | null): { accepted: boolean; memo: string | null } {
  const value = bodyText === null ? null : parseJson(bodyText);
  if (typeof value !== "object" || value === null) return { accepted: true, memo: null };
  const { error, memo } = value as { error?: unknown; memo?: unknown };
  const accepted = error === undefined || error === null || error === 0 || error === false || error === "";
  return { accepted, memo: typeof memo === "string" ? memo : null };
}

function vocabulariesOf(key: string): readonly Vocabulary[] {
  switch (messageSpec(key)?.body) {
    case "paymentRequest":
      return paymentRequests;
    case "payment":
      return payments;
    case "paymentAck":
      return paymentAcks;
    case "clientError":
      return clientErrors;
    case "proof":
    case "doubleSpend":
    case "rejection":
    case "revocation":
      return envelopes;
    default:
      return [];
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function bodyError(result: IValidation.IFailure): WireError {
  const failure = result.errors[0];
  const field = failure === undefined ? "body" : `body${failure.path.slice("$input".length)}`;
  return wireError("WIRE_BODY", field, failure === undefined ? undefined : bodyRule(failure.expected, failure.value));
}
