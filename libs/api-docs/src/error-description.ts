import { closeCodeOfStatus } from "@p4/protocol";

/** An error code of `error` messages. */
export interface MessageErrorDescription {
  readonly code: string;
  readonly title: string;
  readonly rule: string;
  /** Whether the same message may succeed later. */
  readonly retryable: boolean;
}

/** A refused join: the HTTP status and the problem's code. */
export interface JoinErrorDescription {
  readonly status: number;
  readonly code: string;
  readonly rule: string;
}

/** Null: without a handshake there is no socket that could be closed. */
export function closeCodeOf({ status }: JoinErrorDescription): number | null {
  return status === 426 ? null : closeCodeOfStatus(status);
}

/** The tables of the server that is described. */
export interface ErrorTables {
  readonly messageErrors: readonly MessageErrorDescription[];
  readonly joinErrors: readonly JoinErrorDescription[];
}
