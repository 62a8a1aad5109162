/** Why the core says no. `retryable`: the same message may be right later, without a change. */
export const channelErrors = {
  CHANNEL_UNKNOWN: { retryable: false, title: "no such channel", rule: "the channel has to be opened first" },
  CHANNEL_EXPIRED: { retryable: false, title: "channel expired", rule: "an expired channel takes no more messages" },
  CHANNEL_CLOSED: { retryable: false, title: "channel closed", rule: "a closed channel takes no more messages" },
  CHANNEL_FULL: { retryable: false, title: "channel full", rule: "a channel holds a limited number of events" },
  ALREADY_PAID: {
    retryable: false,
    title: "already paid",
    rule: "after a successful payment.ack there is no way back",
  },
  PAYMENT_PENDING: {
    retryable: true,
    title: "another payment is being checked",
    rule: "one payment at a time waits for its payment.ack",
  },
  ILLEGAL_STEP: { retryable: false, title: "not now", rule: "the channel's state does not allow this message" },
  ROLE_FORBIDDEN: { retryable: false, title: "not your message", rule: "each key has one role that may send it" },
  ROLE_TAKEN: { retryable: true, title: "merchant present", rule: "one live connection is the channel's merchant" },
  MESSAGE_ID_REUSED: {
    retryable: false,
    title: "messageId reused",
    rule: "a messageId names one message; send another message under a new one",
  },
  DEADLINE_NOT_REACHED: { retryable: true, title: "too early", rule: "a channel expires at its deadline" },
  DEADLINE_NOT_LATER: { retryable: false, title: "not later", rule: "a deadline can only be moved to a later time" },
} as const;

export type ChannelErrorCode = keyof typeof channelErrors;

/** What a log can be guilty of. These are thrown: a log that does not fold must not be served. */
export const logErrors = {
  LOG_EVENT_CORRUPT: "the stored bytes are not an event of this channel",
  LOG_EVENT_TOO_NEW: "the event was written by a newer version",
  LOG_BEGINNING_GONE: "the channel's first events are not in the log any more",
  LOG_CHAIN_BROKEN: "the event does not follow the hash of the one before",
  LOG_DOES_NOT_FOLD: "the state machine does not accept the event",
} as const;

export type LogErrorCode = keyof typeof logErrors;

export class LogError extends Error {
  readonly code: LogErrorCode;
  readonly retryable = false;
  /** Where: the version of the offending event. */
  readonly streamVersion: number;

  constructor(code: LogErrorCode, streamVersion: number, detail: string) {
    super(`${logErrors[code]} (at ${streamVersion}: ${detail})`);
    this.name = "LogError";
    this.code = code;
    this.streamVersion = streamVersion;
  }
}

export function isLogError(error: unknown): error is LogError {
  return error instanceof Error && (error as Partial<LogError>).code !== undefined && error.name === "LogError";
}
