import { isStoreError, StoreError, type StoreErrorCode } from "./errors.ts";
import type { StreamVersion } from "./stored-event.ts";

/** A part of the log has not answered. What the other parts said is still good, and comes with the error. */
export class IncompleteVersionsError extends StoreError {
  /** Of each channel whose part has answered; 0 for one without events. */
  readonly found: ReadonlyMap<string, StreamVersion>;

  /** `code` is that of the first failure. */
  constructor(code: StoreErrorCode, found: ReadonlyMap<string, StreamVersion>, cause: unknown) {
    super(code, `${found.size} channels were answered for, the others not`, { cause });
    this.found = found;
  }
}

const nothing: ReadonlyMap<string, StreamVersion> = new Map();

/** What a failed `streamVersions` has found nevertheless. */
export function foundVersions(error: unknown): ReadonlyMap<string, StreamVersion> {
  return (isStoreError(error) && (error as Partial<IncompleteVersionsError>).found) || nothing;
}
