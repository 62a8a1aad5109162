import typia, { type IValidation } from "typia";
import type { ClientError } from "./bodies/client-error.ts";
import type { JsonEnvelope } from "./bodies/json-envelope.ts";
import type { Bip270Payment, Brc27Payment, DppPayment } from "./bodies/payment.ts";
import type { Bip270PaymentAck, Brc27PaymentAck, DppPaymentAck } from "./bodies/payment-ack.ts";
import type { Bip270PaymentRequest, Brc27PaymentTerms, DppPaymentRequest } from "./bodies/payment-request.ts";
import type { DppErrorFrame, DppFrame, P4ErrorFrame, P4Frame } from "./frames.ts";

const collection = typia.json.schemas<
  [
    P4Frame,
    DppFrame,
    P4ErrorFrame,
    DppErrorFrame,
    Bip270PaymentRequest,
    DppPaymentRequest,
    Brc27PaymentTerms,
    Bip270Payment,
    DppPayment,
    Brc27Payment,
    Bip270PaymentAck,
    DppPaymentAck,
    Brc27PaymentAck,
    ClientError,
    JsonEnvelope,
  ],
  "3.1"
>();

/** JSON Schemas (OpenAPI 3.1 dialect) by type name; references are written `#/components/schemas/<name>`. */
export function schemas(): Readonly<Record<string, object>> {
  return collection.components.schemas ?? {};
}

const validators = {
  P4Frame: typia.createValidate<P4Frame>(),
  DppFrame: typia.createValidate<DppFrame>(),
  P4ErrorFrame: typia.createValidate<P4ErrorFrame>(),
  DppErrorFrame: typia.createValidate<DppErrorFrame>(),
} as const satisfies Record<string, (input: unknown) => IValidation<unknown>>;

export type FrameSchemaName = keyof typeof validators;

/** What in a parsed frame departs from its published schema, as readable lines; empty when nothing does. */
export function frameProblems(name: FrameSchemaName, frame: unknown): readonly string[] {
  const result: IValidation<unknown> = validators[name](frame);
  return result.success ? [] : result.errors.map(({ path, expected }) => `${path} must be ${expected}`);
}
