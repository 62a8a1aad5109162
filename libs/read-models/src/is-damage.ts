import { isLogError } from "@p4/channel";
import { isStoreError } from "@p4/event-store";

/** Whether a channel's log cannot be folded, whoever reads it and however often: it does not fold, or lacks a large event's bytes. */
export function isDamage(error: unknown): error is Error & { readonly code: string } {
  return isLogError(error) || isStoreError(error, "STORE_BLOB_MISSING") || isStoreError(error, "STORE_BLOB_DAMAGED");
}
