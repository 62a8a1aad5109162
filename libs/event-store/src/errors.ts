/** One table: what went wrong in the log, and whether the same call may succeed later. */
export const storeErrors = {
  STORE_VERSION_CONFLICT: { retryable: true, meaning: "another writer appended first: reload and decide again" },
  STORE_APPEND_IN_FLIGHT: { retryable: true, meaning: "another append to this channel is in flight: wait and retry" },
  STORE_UNAVAILABLE: { retryable: true, meaning: "the broker did not answer" },
  STORE_HOME_MOVED: { retryable: true, meaning: "the region's home is at another site, or on its way there" },
  STORE_LEASE_OVER: {
    retryable: true,
    meaning: "too few sites confirm that the region's home is still here: it may be at another one by now",
  },
  STORE_NOT_COPIED: {
    retryable: true,
    meaning:
      "stored at the region's home, and not confirmed by a copy yet: repeat the same message, do not make a new one",
  },
  STORE_FULL: { retryable: true, meaning: "the broker has no room: free disk space or raise the limits" },
  STORE_FORBIDDEN: { retryable: false, meaning: "the broker refuses this user: check its permissions" },
  STORE_MISSING: {
    retryable: false,
    meaning: "a stream or bucket is missing: restore it, or start a node, which makes what is missing, empty",
  },
  STORE_MISCONFIGURED: { retryable: false, meaning: "an existing stream differs from the configuration" },
  STORE_NOT_ENABLED: { retryable: false, meaning: "JetStream is off: start nats-server with JetStream enabled" },
  STORE_SERVER_TOO_OLD: { retryable: false, meaning: "nats-server 2.11.2 or newer is needed" },
  STORE_DAMAGED: { retryable: false, meaning: "the log lacks events that were stored: compare it with a replica" },
  STORE_BLOB_MISSING: {
    retryable: true,
    meaning: "the bytes of a large event are not in the blob store, or not on this replica yet",
  },
  STORE_BLOB_DAMAGED: { retryable: false, meaning: "the bytes of a large event are not those that were appended" },
  STORE_TOO_LARGE: { retryable: false, meaning: "the record is larger than the broker's limit" },
  STORE_INVALID_NAME: { retryable: false, meaning: "a channel id or key holds characters that are not allowed" },
  STORE_CLOCK_OFF: {
    retryable: true,
    meaning: "this node's clock is wrong, so it expires no channel: set the time, other nodes go on meanwhile",
  },
  STORE_REVISION_CONFLICT: { retryable: true, meaning: "the document was changed by another writer: read it again" },
} as const;

export type StoreErrorCode = keyof typeof storeErrors;

export class StoreError extends Error {
  readonly code: StoreErrorCode;
  readonly retryable: boolean;

  constructor(code: StoreErrorCode, detail: string, options?: ErrorOptions) {
    super(`${storeErrors[code].meaning} (${detail})`, options);
    this.name = "StoreError";
    this.code = code;
    this.retryable = storeErrors[code].retryable;
  }
}

/** Recognises the error by its code, so that it works across copies of this package. */
export function isStoreError(error: unknown, code?: StoreErrorCode): error is StoreError {
  if (!(error instanceof Error)) return false;
  const found = (error as Partial<StoreError>).code;
  return typeof found === "string" && found in storeErrors && (code === undefined || found === code);
}
