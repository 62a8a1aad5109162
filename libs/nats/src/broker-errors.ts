import type { ApiError, JetStreamApiCodes } from "@nats-io/jetstream";
import type { Msg } from "@nats-io/transport-node";
import { StoreError, type StoreErrorCode } from "@p4/event-store";

/**
 * JetStream's own error numbers (server/errors.json of nats-server) and what they mean to a caller. Texts differ
 * between versions, so only numbers are compared.
 */
const meaningOf: Readonly<Record<number, StoreErrorCode>> = {
  10071: "STORE_VERSION_CONFLICT", // wrong last sequence: another writer was first
  10164: "STORE_APPEND_IN_FLIGHT", // wrong last sequence, but the other append is not committed yet
  10158: "STORE_APPEND_IN_FLIGHT", // the same message id, not committed yet: only a replicated stream says so
  10059: "STORE_MISSING", // stream not found
  10060: "STORE_MISCONFIGURED", // the subject belongs to another stream than expected
  10058: "STORE_MISCONFIGURED", // a stream of this name has another configuration
  10130: "STORE_MISCONFIGURED", // the same, on a restore
  10065: "STORE_MISCONFIGURED", // the subjects overlap with another stream
  10052: "STORE_MISCONFIGURED", // invalid stream configuration
  10074: "STORE_MISCONFIGURED", // replicas > 1 without a cluster
  10005: "STORE_MISCONFIGURED", // no servers fit the placement
  10039: "STORE_NOT_ENABLED", // for this account
  10076: "STORE_NOT_ENABLED", // on this server
  10054: "STORE_TOO_LARGE", // message exceeds the stream's maximum
  10097: "STORE_TOO_LARGE", // header exceeds the maximum
  10047: "STORE_FULL", // insufficient storage
  10028: "STORE_FULL", // insufficient memory
  10023: "STORE_FULL", // insufficient resources
  10002: "STORE_FULL", // account limits
  10077: "STORE_FULL", // the write to the store failed: no space, or the stream's own limit with discard new
};

type Code = typeof JetStreamApiCodes;

/** Compared with the client's own table, which is not loaded and has no names for the last three. */
export const apiErrorCodes = {
  noMessageFound: 10037 satisfies Code["NoMessageFound"],
  streamNotFound: 10059 satisfies Code["StreamNotFound"],
  consumerNotFound: 10014,
  streamNameInUse: 10058,
  noServersFit: 10005,
  batchesDisabled: 10174,
} as const;

/** The error object in a JetStream API answer or PubAck; the server leaves out what is empty. */
export type ApiFailure = Readonly<Pick<ApiError, "code"> & Partial<ApiError>>;

/** Status replies without a body: NATS puts an HTTP-like number into the header line. */
export const status = {
  endOfBatch: 204,
  notFound: 404,
  requestTimeout: 408,
  noResponders: 503,
} as const;

/** An unknown number is taken as "try again": the retry tells, and nothing is lost by it. */
export function toStoreError(failure: ApiFailure, where: string): StoreError {
  const number = failure.err_code ?? failure.code;
  const code = meaningOf[number] ?? "STORE_UNAVAILABLE";
  return new StoreError(code, `${where}: ${failure.description ?? "no description"} [${number}]`);
}

export function isNoResponders(message: Msg): boolean {
  return message.data.length === 0 && message.headers?.code === status.noResponders;
}
