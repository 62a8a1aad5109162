import typia, { type IValidation } from "typia";
import type { ClientError } from "./bodies/client-error.ts";
import type { JsonEnvelope } from "./bodies/json-envelope.ts";
import type { Bip270Payment, Brc27Payment, DppPayment } from "./bodies/payment.ts";
import type { Bip270PaymentAck, Brc27PaymentAck, DppPaymentAck } from "./bodies/payment-ack.ts";
import type { Bip270PaymentRequest, Brc27PaymentTerms, DppPaymentRequest } from "./bodies/payment-request.ts";
import { bodyRule } from "./body-rule.ts";
import type { BodyWarning } from "./body-warning.ts";
import type { WireError } from "./errors.ts";
import { recogniseBody, vocabulariesOf, type BodyForm, type ParsedBody, type Vocabulary } from "./recognise-body.ts";

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

/**
 * Recognises a body's vocabulary, and says what was not recognised. The server does not judge bodies: only what is no JSON
 * or nests too deep is refused. Wallets differ, and the reader judges. The text itself is what gets relayed.
 */
export function parseBody(key: string, bodyText: string | null): BodyResult {
  const recognised = recogniseBody(key, bodyText);
  if (!recognised.ok) return recognised;
  const { body, json, vocabulary } = recognised;
  const warning = body.form === "opaque" ? warningOf(key, json, vocabulary) : null;
  return { ok: true, body, json, warning };
}

function warningOf(key: string, json: unknown, vocabulary: Vocabulary | null): BodyWarning | null {
  if (vocabulary !== null) return misfit(validators[vocabulary.form](json));
  const vocabularies = vocabulariesOf(key);
  if (vocabularies.length === 0) return null;
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    return { field: "body", rule: "must be an object" };
  }
  return unmarked(json, vocabularies);
}

/** Asked only for the reason: whether a body fits is known by then. */
const validators: Readonly<Record<BodyForm, (input: unknown) => IValidation<unknown>>> = {
  "bip270.paymentRequest": typia.createValidate<Bip270PaymentRequest>(),
  "dpp.paymentRequest": typia.createValidate<DppPaymentRequest>(),
  "brc27.paymentTerms": typia.createValidate<Brc27PaymentTerms>(),
  "bip270.payment": typia.createValidate<Bip270Payment>(),
  "dpp.payment": typia.createValidate<DppPayment>(),
  "brc27.payment": typia.createValidate<Brc27Payment>(),
  "bip270.paymentAck": typia.createValidate<Bip270PaymentAck>(),
  "dpp.paymentAck": typia.createValidate<DppPaymentAck>(),
  "brc27.paymentAck": typia.createValidate<Brc27PaymentAck>(),
  clientError: typia.createValidate<ClientError>(),
  jsonEnvelope: typia.createValidate<JsonEnvelope>(),
};

/** The first thing that does not fit. */
function misfit(result: IValidation<unknown>): BodyWarning {
  const failure = result.success ? undefined : result.errors[0];
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
