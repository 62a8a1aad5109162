interface ClientErrorSpec {
  /** Whether the same call may succeed later. */
  readonly retryable: boolean;
  readonly meaning: string;
}

/** Every way in which a step of a session can fail by itself. What the server refuses has the server's own code. */
export const clientErrors = {
  URL_INVALID: { retryable: false, meaning: "a channel address is ws(s)://host/ws/<channelID>" },
  WEBSOCKET_MISSING: {
    retryable: false,
    meaning: "there is no global WebSocket here (Node.js has one from 22 on): pass the webSocket option",
  },
  BODY_INVALID: { retryable: false, meaning: "the body is not what its key promises" },
  MESSAGE_INVALID: { retryable: false, meaning: "no server could read the message" },
  QUEUE_FULL: { retryable: true, meaning: "too many messages wait for the server" },
  MESSAGE_ID_PENDING: { retryable: true, meaning: "a message with this messageId is already on its way" },
  MESSAGE_TOO_LARGE: { retryable: false, meaning: "the message is over the server's limit" },
  JOIN_REFUSED: { retryable: false, meaning: "the server refuses this join" },
  CONNECTION_BLOCKED: { retryable: false, meaning: "no connection to the address may be made from here" },
  SERVER_UNREACHABLE: { retryable: true, meaning: "there is no connection to the server" },
  NOT_STORED: { retryable: true, meaning: "the server has not said that it has stored the message" },
  MERCHANT_ABSENT: { retryable: true, meaning: "no merchant has joined the channel" },
  MERCHANT_SILENT: { retryable: true, meaning: "the merchant has joined, but has not answered" },
  PROOF_PENDING: { retryable: true, meaning: "no fitting proof has come" },
  TERMS_REFUSED: { retryable: true, meaning: "the merchant could not build a payment request" },
  PAYMENT_FAILED: { retryable: true, meaning: "the merchant could not process the payment" },
  CHANNEL_EXPIRED: { retryable: false, meaning: "the channel's time is over" },
  CHANNEL_CLOSED: { retryable: false, meaning: "the channel has been closed" },
  SESSION_CLOSED: { retryable: false, meaning: "this session was closed by its owner" },
} as const satisfies Record<string, ClientErrorSpec>;

export type ClientErrorCode = keyof typeof clientErrors;

/**
 * Codes of the server's `error` messages after which the very same message may be accepted later. The session sends
 * it again by itself. A code that is not here is final.
 */
const retryableServerCodes: ReadonlySet<string> = new Set([
  "ROLE_TAKEN",
  "PAYMENT_PENDING",
  "STORE_VERSION_CONFLICT",
  "STORE_APPEND_IN_FLIGHT",
  "STORE_UNAVAILABLE",
  "STORE_FULL",
  "EDGE_UNAVAILABLE",
  "EDGE_TOO_MANY_PENDING",
  "EDGE_TOO_MANY_BYTES",
]);

export function isRetryableServerCode(code: string): boolean {
  return retryableServerCodes.has(code);
}

/** Thrown by every step. `code` is one of `clientErrors`, or the errCode of the server's refusal. */
export class SessionError extends Error {
  readonly code: string;
  readonly retryable: boolean;

  constructor(code: string, detail: string, retryable: boolean) {
    super(detail);
    this.name = "SessionError";
    this.code = code;
    this.retryable = retryable;
  }
}

export function sessionError(code: ClientErrorCode, detail?: string): SessionError {
  const { meaning, retryable } = clientErrors[code];
  return new SessionError(code, detail === undefined ? meaning : `${meaning}: ${detail}`, retryable);
}

export function isSessionError(error: unknown): error is SessionError {
  return error instanceof Error && error.name === "SessionError" && "code" in error;
}
