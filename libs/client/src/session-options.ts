import type { Dialect, Role } from "@p4/protocol";
import { type BackoffPolicy, defaultBackoff } from "./backoff.ts";
import type { SessionLimits } from "./core/session-core.ts";
import type { WebSocketConstructor } from "./web-socket.ts";

export interface SessionOptions {
  /** Wrapper of the frames: the document's (default) or the Go library's. */
  readonly dialect?: Dialect;
  /** Join token, where the server asks for one. */
  readonly token?: string;
  /**
   * A secret of the wallet's own, 16 to 128 of `A-Z a-z 0-9 _ -`: by it the server knows the wallet again, and hands it the
   * answers to its payments on another connection. Default: a random one. Keep it to be known after a restart.
   */
  readonly wallet?: string;
  /** `appId` of the messages. Default `p4/client`. */
  readonly appId?: string;
  /** Default: the global one. */
  readonly webSocket?: WebSocketConstructor;
  /** Default 200 ms to 15 s. */
  readonly backoff?: BackoffPolicy;
  /** Default 64. A send beyond it is rejected with QUEUE_FULL. */
  readonly maxQueuedMessages?: number;
  /** Largest frame that is read. Default 16 MiB. */
  readonly maxFrameBytes?: number;
  /** Default 10 s. */
  readonly joinTimeoutMs?: number;
  /** Default 10 s. */
  readonly receiptTimeoutMs?: number;
  /** Continue after this sequence instead of joining afresh: what an earlier session's `lastSequence` was. */
  readonly since?: number;
  /** Ends the session. */
  readonly signal?: AbortSignal;
}

export function limitsOf(role: Role, urlCount: number, options: SessionOptions): SessionLimits {
  return {
    role,
    urlCount,
    maxQueuedMessages: options.maxQueuedMessages ?? 64,
    maxFrameBytes: options.maxFrameBytes ?? 16 * 1024 * 1024,
    joinTimeoutMs: options.joinTimeoutMs ?? 10_000,
    receiptTimeoutMs: options.receiptTimeoutMs ?? 10_000,
    backoff: options.backoff ?? defaultBackoff,
  };
}
