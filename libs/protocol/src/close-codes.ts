interface CloseCodeSpec {
  readonly code: number;
  /** What the close frame's reason says; `<...>` stands for what varies. */
  readonly reasons: readonly string[];
  readonly meaning: string;
  readonly whatToDo: string;
}

const pause = "Join again with `since` after a jittered pause that grows with each attempt";

/** Every close of a socket that a wallet of this server meets: the table that server, SDK and documents share. */
export const closeCodes = {
  channelOver: {
    code: 4000,
    reasons: ["channel.expired", "channel.closed"],
    meaning: "The channel is over: its time has come, or it was closed.",
    whatToDo: "Stop: nothing more will be said. A new join is answered with the end and closed again.",
  },
  joinLater: {
    code: 4100,
    reasons: [
      "this node has lost the channel: join again",
      "this node's memory is full: join again",
      "<code>: <detail>",
      "<code>",
    ],
    meaning:
      "Not here and now. With a code: a join that was refused for the moment (429 or 503), or the message of a wallet " +
      "that is told no errors, because it would end over them.",
    whatToDo: `${pause}.`,
  },
  joinElsewhere: {
    code: 4200,
    reasons: ["drain: go on at another node"],
    meaning: "This node is shutting down; nothing of the wallet's is under way.",
    whatToDo: "Join again with `since`, at once, at any other node.",
  },
  overLimits: {
    code: 4290,
    reasons: ["too slow: the send queue is full", "too many refused messages"],
    meaning:
      "The wallet did not read (everything accepted before was sent), or too many of its messages were answered with errors.",
    whatToDo: `${pause}; read faster, and look at the errors.`,
  },
  badJoin: {
    code: 4400,
    reasons: ["EDGE_BAD_JOIN: <parameter>: <rule>", "HTTP_BAD_PATH: <detail>"],
    meaning: "A refused join: the URL or the subprotocol is not that of a join.",
    whatToDo: "Stop, and correct the parameter that the reason names.",
  },
  tokenNeeded: {
    code: 4401,
    reasons: ["EDGE_TOKEN: <detail>"],
    meaning: "A refused join: the join policy asks for a token. Or the token of an open socket has ended.",
    whatToDo: "Stop, and join with a token for this channel and role that has not ended.",
  },
  channelUnknown: {
    code: 4404,
    reasons: ["CHANNEL_UNKNOWN: <detail>"],
    meaning: "A refused join: the channel does not exist, and this wallet may not open it.",
    whatToDo: "Stop. Join once the merchant has opened the channel.",
  },
  messageTooLarge: {
    code: 1009,
    reasons: ["message too large"],
    meaning: "A message over the server's limit; an `error` message came before.",
    whatToDo: "Join again with `since`; do not send that message again.",
  },
  internalError: {
    code: 1011,
    reasons: ["internal error", "EDGE_ERROR: <detail>"],
    meaning: "A fault of this node, which has logged it.",
    whatToDo: `${pause}.`,
  },
  broken: {
    code: 1006,
    reasons: [],
    meaning: "No close frame: the connection broke, was never made, or a ping was not answered.",
    whatToDo: `${pause}.`,
  },
} as const satisfies Record<string, CloseCodeSpec>;

/** What a wallet does after a close. `dropMessage`: join again, without the message that was too large. */
export type AfterClose = "stop" | "joinLater" | "joinElsewhere" | "dropMessage";

/** The range of a code says what to do, so that a wallet needs no list: a later server may have more codes. */
export const closeCodeRanges = [
  { from: 4000, to: 4099, then: "stop", meaning: "the channel is over" },
  { from: 4100, to: 4199, then: "joinLater", meaning: "not here and now" },
  { from: 4200, to: 4289, then: "joinElsewhere", meaning: "at once, at another node" },
  { from: 4290, to: 4299, then: "joinLater", meaning: "the wallet is over a limit" },
  { from: 4400, to: 4499, then: "stop", meaning: "a refused join that fails again unless it is changed" },
] as const satisfies readonly { from: number; to: number; then: AfterClose; meaning: string }[];

const policyViolation = 1008;

export function afterClose(code: number): AfterClose {
  if (code === closeCodes.messageTooLarge.code) return "dropMessage";
  if (code === policyViolation) return "stop";
  return closeCodeRanges.find(({ from, to }) => code >= from && code <= to)?.then ?? "joinLater";
}

/** Statuses of 400 to 499 that may be another one a moment later (RFC 9110, 8470, 6585). */
const passing = [408, 425, 429];

/** The close code that says of a join what this HTTP status says: `4000 + status` where it is final. */
export function closeCodeOfStatus(status: number): number {
  if (status >= 400 && status <= 499 && !passing.includes(status)) return 4000 + status;
  return status === 500 ? closeCodes.internalError.code : closeCodes.joinLater.code;
}

/** The reason of a refused join. A close frame holds 123 bytes of it. */
export function closeReason(code: string, detail: string): string {
  return `${code}: ${detail}`;
}

/** The error code and the words of a reason that begins with a code, as `closeReason` writes it; null for any other. */
export function readCloseReason(reason: string): { readonly code: string; readonly detail: string } | null {
  const [, code, detail] = /^([A-Z][A-Z0-9_]{2,63}): (.*)$/s.exec(reason) ?? [];
  return code === undefined || detail === undefined ? null : { code, detail };
}
