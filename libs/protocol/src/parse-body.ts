import typia, { type IValidation } from "typia";
import type { ClientError } from "./bodies/client-error.ts";
import type { JsonEnvelope } from "./bodies/json-envelope.ts";
import type { Bip270Payment, Brc27Payment, DppPayment } from "./bodies/payment.ts";
import type { Bip270PaymentAck, Brc27PaymentAck, DppPaymentAck } from "./bodies/payment-ack.ts";
import type { Bip270PaymentRequest, Brc27PaymentTerms, DppPaymentRequest } from "./bodies/payment-request.ts";
import { bodyRule } from "./body-rule.ts";
import type { BodyWarning } from "./body-warning.ts";
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
  | {
      readonly ok: true;
      readonly body: ParsedBody;
      /** The body's JSON, whatever was recognised in it: what else is read of it needs no second parse. `null`: none. */
      readonly json: unknown;
      /** What was not recognised; `null` when nothing is to be said. */
      readonly warning: BodyWarning | null;
    }
  | { readonly ok: false; readonly error: WireError };

type Form = ParsedBody["form"];

/** One vocabulary: the members that only it has, and its check. First match wins. */
interface Vocabulary {
  readonly form: Exclude<Form, "none" | "opaque">;
  readonly marks: readonly string[];
  readonly validate: (input: unknown) => IValidation<unknown>;
}

const envelope: Vocabulary = {
  form: "jsonEnvelope",
  marks: ["payload"],
  validate: typia.createValidate<JsonEnvelope>(),
};

const paymentRequests: readonly Vocabulary[] = [
  { form: "brc27.paymentTerms", marks: ["modes"], validate: typia.createValidate<Brc27PaymentTerms>() },
  { form: "dpp.paymentRequest", marks: ["destinations"], validate: typia.createValidate<DppPaymentRequest>() },
  { form: "bip270.paymentRequest", marks: ["outputs"], validate: typia.createValidate<Bip270PaymentRequest>() },
  // BRC-27's terms, signed.
  envelope,
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
    marks: ["tx_id", "peer_channel", "error", "id", "memo", "success"],
    validate: typia.createValidate<DppPaymentAck>(),
  },
];

const clientErrors: readonly Vocabulary[] = [
  { form: "clientError", marks: ["code", "message", "title"], validate: typia.createValidate<ClientError>() },
];

/**
 * Recognises a body's vocabulary. The server does not judge bodies: only what is no JSON or nests too deep is refused. A
 * body of no known vocabulary is `opaque`, and so is one that has a vocabulary's mark and does not fit it; what was not
 * recognised is told in `warning`. Wallets differ, and the reader judges. The text itself is what gets relayed.
 */
export function parseBody(key: string, bodyText: string | null): BodyResult {
  if (bodyText === null) return recognised({ form: "none" }, null);
  const vocabularies = vocabulariesOf(key);
  if (vocabularies.length === 0) return opaque(null, null);
  // Bodies also come by HTTP, without a frame: the validators below recurse, so the depth is bounded here too.
  const scanner = new JsonScanner(bodyText, defaultMaxDepth);
  if (!scanner.isValue()) {
    return { ok: false, error: wireError(scanner.fault === "depth" ? "WIRE_TOO_DEEP" : "WIRE_NOT_JSON", "body") };
  }
  const value: unknown = JSON.parse(bodyText);
  if (value === null) return recognised({ form: "none" }, null);
  if (typeof value !== "object" || Array.isArray(value)) {
    return opaque({ field: "body", rule: "must be an object" }, value);
  }
  const vocabulary = vocabularies.find(({ marks }) => marks.some((mark) => Object.hasOwn(value, mark)));
  if (vocabulary === undefined) return opaque(unmarked(value, vocabularies), value);
  const result = vocabulary.validate(value);
  if (!result.success) return opaque(misfit(result), value);
  // The validator of this form has just proved the type.
  return recognised({ form: vocabulary.form, value } as ParsedBody, value);
}

function recognised(body: ParsedBody, json: unknown): BodyResult {
  return { ok: true, body, json, warning: null };
}

function opaque(warning: BodyWarning | null, json: unknown): BodyResult {
  return { ok: true, body: { form: "opaque" }, json, warning };
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
      return [envelope];
    default:
      return [];
  }
}

/** The first thing that does not fit. */
function misfit(result: IValidation.IFailure): BodyWarning {
  const failure = result.errors[0];
  if (failure === undefined) return { field: "body", rule: "does not fit its vocabulary" };
  const field = `body${failure.path.slice("$input".length)}`;
  return { field, rule: bodyRule(failure.expected, failure.value) };
}

/** No mark of a vocabulary: perhaps one that is spelled in another way, so that no reader would find it. */
function unmarked(value: object, vocabularies: readonly Vocabulary[]): BodyWarning | null {
  const names = Object.keys(value);
  if (names.length === 0 || names.some((name) => otherMarks.has(name))) return null;
  const marks = [...new Set(vocabularies.flatMap((vocabulary) => vocabulary.marks))];
  for (const name of names) {
    const meant = marks.find((mark) => spelling(mark) === spelling(name));
    if (meant !== undefined) return { field: `body.${name}`, rule: `is spelled ${meant}` };
  }
  return { field: "body", rule: `has none of ${marks.join(", ")}` };
}

/** Members of bodies that are known and have no form of their own here: paymail's payment, BRC-100's. */
const otherMarks: ReadonlySet<string> = new Set(["beef", "tx", "transactions"]);

function spelling(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
}
