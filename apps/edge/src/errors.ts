/** What the edge itself refuses; the core's and the wire's refusals keep their own codes. */
export const edgeErrors = {
  EDGE_OTHER_CHANNEL: {
    retryable: false,
    title: "another channel's message",
    rule: "channelID is the joined channel's, or empty",
  },
  EDGE_SERVER_KEY: { retryable: false, title: "not a wallet's message", rule: "this key is the server's alone" },
  EDGE_UNAVAILABLE: { retryable: true, title: "try again", rule: "the message could not be stored just now" },
  EDGE_LOG_DAMAGED: { retryable: false, title: "channel out of order", rule: "the channel's log does not fold" },
  EDGE_TOO_MANY_PENDING: {
    retryable: true,
    title: "too many messages at once",
    rule: "a connection has a limited number of messages that wait to be stored",
  },
} as const;

export type EdgeErrorCode = keyof typeof edgeErrors;

/**
 * Why the edge closes a socket. 4000: over for good. 4100: come back later. 4200: come back at once, on another node.
 * 4290: the peer reads too slowly (sent by the HTTP library), or too many of its messages were refused.
 * docs/close-codes.md tells wallets what to do.
 */
export const edgeCloseCodes = { terminal: 4000, retry: 4100, drain: 4200, slow: 4290 } as const;
