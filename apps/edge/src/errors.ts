import { channelErrors } from "@p4/channel";
import { tooManyBytes, upgradeErrors } from "@p4/http";
import { wireErrors } from "@p4/protocol";

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
  EDGE_TOO_MANY_BYTES: {
    retryable: true,
    title: tooManyBytes.title,
    rule: "a connection and an address may add a limited number of bytes a second, and a node holds a limited number",
  },
} as const;

export type EdgeErrorCode = keyof typeof edgeErrors;

interface JoinErrorSpec {
  readonly status: number;
  readonly title: string;
  readonly rule: string;
}

/** Why the edge refuses a join. The log's own trouble (`STORE_...`) keeps its code; the HTTP library adds its limits. */
export const joinErrors = {
  EDGE_HOME_ELSEWHERE: {
    status: 307,
    title: "Go on elsewhere",
    rule: "the region's home is at another site, whose address the detail is; Location leads there",
  },
  EDGE_BAD_JOIN: { status: 400, title: "Bad join", rule: "the URL and the subprotocol are those of a join" },
  EDGE_TOKEN: {
    status: 401,
    title: "Token needed",
    rule: "token: one that was signed for this channel and this role",
  },
  CHANNEL_UNKNOWN: { status: 404, title: "Not found", rule: "the merchant has to open it first" },
  EDGE_CHANNEL_CROWDED: {
    status: 429,
    title: "Try again",
    rule: "the channel has as many connections as it may have",
  },
  EDGE_ERROR: { status: 500, title: "Unknown error", rule: "see the server's log" },
  EDGE_OVERLOADED: { status: 503, title: "Try again", rule: "no new channels at the moment: many are being opened" },
  EDGE_UNREADY: { status: 503, title: "Try again", rule: "the broker is away, or this node is shutting down" },
} as const satisfies Record<string, JoinErrorSpec>;

export type JoinErrorCode = keyof typeof joinErrors;

/** Of the core's refusals, those that an operator's command meets and no wallet's message. */
const operatorsErrors: readonly string[] = ["DEADLINE_NOT_REACHED", "DEADLINE_NOT_LATER"];

/** Every `errCode` of an `error` message. */
export const messageErrorList = Object.entries({ ...wireErrors, ...channelErrors, ...edgeErrors })
  .filter(([code]) => !operatorsErrors.includes(code))
  .map(([code, { title, rule, retryable }]) => ({ code, title, rule, retryable }));

/** Every `code` of a refused join, with the status that it is told with. */
export const joinErrorList = [
  ...Object.entries(joinErrors).map(([code, { status, rule }]) => ({ status, code, rule })),
  { status: 503, code: "STORE_...", rule: "the broker is away or in trouble" },
  ...upgradeErrors.map(({ status, code, detail }) => ({ status, code, rule: detail })),
].sort((left, right) => left.status - right.status);
