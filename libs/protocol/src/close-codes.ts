import { closeCode } from "./close-code.ts";

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
    code: closeCode.channelOver,
    reasons: ["channel.expired", "channel.closed"],
    meaning: "The channel is over: its time has come, or it was closed.",
    whatToDo: "Stop: nothing more will be said. A new join is answered with the end and closed again.",
  },
  joinLater: {
    code: closeCode.joinLater,
    reasons: [
      "this node has lost the channel: join again",
      "this node's memory is full: join again",
      "too many joins wait for their answer: join again",
      "<code>: <detail>",
      "<code>",
    ],
    meaning:
      "Not here and now. With a code: a join that was refused for the moment (429 or 503), or the message of a wallet " +
      "that is told no errors, because it would end over them.",
    whatToDo: `${pause}.`,
  },
  joinElsewhere: {
    code: closeCode.joinElsewhere,
    reasons: ["drain: go on at another node", "EDGE_HOME_ELSEWHERE: <address>"],
    meaning:
      "This node is shutting down, or its region's home is at another site, whose address the reason tells as " +
      "`wss://<host>`; nothing of the wallet's is under way.",
    whatToDo: "Join again with `since`, at once: at `<address>/ws/<channelID>`, without one at any other node.",
  },
  overLimits: {
    code: closeCode.overLimits,
    reasons: [
      "too slow: the send queue is full",
      "too slow: the send queues are full",
      "too many refused messages",
      "too many messages ahead of the join's answer",
    ],
    meaning:
      "The wallet did not read (everything accepted before was sent), too many of its messages were answered with errors, or " +
      "it has sent a flood before its `join.success`.",
    whatToDo: `${pause}; read faster, and look at the errors.`,
  },
  badJoin: {
    code: closeCode.badJoin,
    reasons: ["EDGE_BAD_JOIN: <parameter>: <rule>", "HTTP_BAD_PATH: <detail>"],
    meaning: "A refused join: the URL or the subprotocol is not that of a join.",
    whatToDo: "Stop, and correct the parameter that the reason names.",
  },
  tokenNeeded: {
    code: closeCode.tokenNeeded,
    reasons: ["EDGE_TOKEN: <detail>"],
    meaning:
      "A refused join: the join policy asks for a token. Or the token of an open socket has ended or was revoked.",
    whatToDo: "Stop, and join with a token for this channel and role that has not ended.",
  },
  channelUnknown: {
    code: closeCode.channelUnknown,
    reasons: ["CHANNEL_UNKNOWN: <detail>"],
    meaning: "A refused join: the channel does not exist, and this wallet may not open it.",
    whatToDo: "Stop. Join once the merchant has opened the channel.",
  },
  messageTooLarge: {
    code: closeCode.messageTooLarge,
    reasons: ["message too large"],
    meaning: "A message over the server's limit; an `error` message came before.",
    whatToDo: "Join again with `since`; do not send that message again.",
  },
  internalError: {
    code: closeCode.internalError,
    reasons: ["internal error", "EDGE_ERROR: <detail>"],
    meaning: "A fault of this node, which has logged it.",
    whatToDo: `${pause}.`,
  },
  broken: {
    code: closeCode.broken,
    reasons: [],
    meaning: "No close frame: the connection broke, was never made, or a ping was not answered.",
    whatToDo: `${pause}.`,
  },
} as const satisfies Record<string, CloseCodeSpec>;
