import type { HttpRequest } from "@p4/http";
import { sha256Hex } from "@p4/node-crypto";
import { PaydError } from "../errors.ts";
import type { InvoiceRepository } from "../invoice/invoice-repository.ts";
import { invalidRequest } from "./read-json.ts";

export interface IdempotencyOptions {
  readonly invoices: Pick<InvoiceRepository, "claimIdempotencyKey">;
  readonly newId: () => string;
}

/**
 * The id under which the request's object is made: with an `Idempotency-Key` the one that its first use has taken, which the store
 * holds before anything is made, so that a crash in between is mended by the repetition. `order`: what is asked for, as it was understood.
 *
 * Throws PAYD_INVALID_REQUEST for a key that cannot be one, PAYD_IDEMPOTENCY_KEY where it was used for something else.
 */
export async function idOfRequest(
  { headers }: HttpRequest,
  what: string,
  order: object,
  { invoices, newId }: IdempotencyOptions,
): Promise<string> {
  const key = headers.get("idempotency-key");
  if (key === undefined) return newId();
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw invalidRequest("Idempotency-Key: must be 1 to 255 visible ASCII characters");
  }
  const requestHash = sha256Hex(JSON.stringify([what, order]));
  const use = await invoices.claimIdempotencyKey(sha256Hex(key), { requestHash, id: newId() });
  if (use.requestHash === requestHash) return use.id;
  throw new PaydError("PAYD_IDEMPOTENCY_KEY", "Idempotency-Key: was used with another request");
}
