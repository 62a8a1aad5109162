import typia from "typia";
import type { ClientError } from "./bodies/client-error.ts";
import type { JsonEnvelope } from "./bodies/json-envelope.ts";
import type { Bip270Payment, Brc27Payment, DppPayment } from "./bodies/payment.ts";
import type { Bip270PaymentAck, Brc27PaymentAck, DppPaymentAck } from "./bodies/payment-ack.ts";
import type { Bip270PaymentRequest, Brc27PaymentTerms, DppPaymentRequest } from "./bodies/payment-request.ts";
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

export type BodyForm = Exclude<ParsedBody["form"], "none" | "opaque">;

/** One vocabulary: the members that only it has, and its check. First match wins. */
export interface Vocabulary {
  readonly form: BodyForm;
  readonly marks: readonly string[];
  readonly fits: (input: unknown) => boolean;
}

export type RecognisedBody =
  | {
      readonly ok: true;
      readonly body: ParsedBody;
      /** The body's JSON, whatever was recognised in it: what else is read of it needs no second parse. `null`: none. */
      readonly json: unknown;
      /** The vocabulary whose mark it has, fitting or not. */
      readonly vocabulary: Vocabulary | null;
    }
  | { readonly ok: false; readonly error: WireError };

const envelope: Vocabulary = {
  form: "jsonEnvelope",
  marks: ["payload"],
  fits: typia.createIs<JsonEnvelope>(),
};

const paymentRequests: readonly Vocabulary[] = [
  { form: "brc27.paymentTerms", marks: ["modes"], fits: typia.createIs<Brc27PaymentTerms>() },
  { form: "dpp.paymentRequest", marks: ["destinations"], fits: typia.createIs<DppPaymentRequest>() },
  { form: "bip270.paymentRequest", marks: ["outputs"], fits: typia.createIs<Bip270PaymentRequest>() },
  // BRC-27's terms, signed.
  envelope,
];

const payments: readonly Vocabulary[] = [
  { form: "brc27.payment", marks: ["modeId", "mode"], fits: typia.createIs<Brc27Payment>() },
  { form: "bip270.payment", marks: ["transaction"], fits: typia.createIs<Bip270Payment>() },
  { form: "dpp.payment", marks: ["rawTx", "ancestry", "spvEnvelope"], fits: typia.createIs<DppPayment>() },
];

const paymentAcks: readonly Vocabulary[] = [
  { form: "brc27.paymentAck", marks: ["modeId"], fits: typia.createIs<Brc27PaymentAck>() },
  { form: "bip270.paymentAck", marks: ["payment"], fits: typia.createIs<Bip270PaymentAck>() },
  {
    form: "dpp.paymentAck",
    marks: ["tx_id", "peer_channel", "error", "id", "memo", "success"],
    fits: typia.createIs<DppPaymentAck>(),
  },
];

const clientErrors: readonly Vocabulary[] = [
  { form: "clientError", marks: ["code", "message", "title"], fits: typia.createIs<ClientError>() },
];

/** The vocabularies in which a message of this key may have its body; none where bodies are not looked at. */
export function vocabulariesOf(key: string): readonly Vocabulary[] {
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
      return [envelope];
    default:
      return [];
  }
}

/**
 * Recognises a body's vocabulary. A body of no known vocabulary is `opaque`, and so is one that has a vocabulary's mark and
 * does not fit it; refused is only what is no JSON or nests too deep. `parseBody` tells what it was that did not fit.
 */
export function recogniseBody(key: string, bodyText: string | null): RecognisedBody {
  if (bodyText === null) return none;
  const vocabularies = vocabulariesOf(key);
  if (vocabularies.length === 0) return { ok: true, body: { form: "opaque" }, json: null, vocabulary: null };
  // Bodies also come by HTTP, without a frame: the checks below recurse, so the depth is bounded here too.
  const scanner = new JsonScanner(bodyText, defaultMaxDepth);
  if (!scanner.isValue()) {
    return { ok: false, error: wireError(scanner.fault === "depth" ? "WIRE_TOO_DEEP" : "WIRE_NOT_JSON", "body") };
  }
  const json: unknown = JSON.parse(bodyText);
  if (json === null) return none;
  const vocabulary = isObject(json) ? markedAs(vocabularies, json) : null;
  const fits = vocabulary?.fits(json) === true;
  // The check of this form has just proved the type.
  const body = (fits ? { form: vocabulary.form, value: json } : { form: "opaque" }) as ParsedBody;
  return { ok: true, body, json, vocabulary };
}

const none: RecognisedBody = { ok: true, body: { form: "none" }, json: null, vocabulary: null };

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function markedAs(vocabularies: readonly Vocabulary[], json: object): Vocabulary | null {
  return vocabularies.find(({ marks }) => marks.some((mark) => Object.hasOwn(json, mark))) ?? null;
}
