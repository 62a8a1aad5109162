import type { ChannelEventType } from "./events.ts";

type Check = (value: unknown) => boolean;
type Shape = Readonly<Record<string, Check>>;

const isText: Check = (value) => typeof value === "string";
const isTextOrNull: Check = (value) => value === null || isText(value);
const isWhole: Check = (value) => Number.isSafeInteger(value);
const isWholeOrNull: Check = (value) => value === null || isWhole(value);
const isWholeOrAbsent: Check = (value) => value === undefined || isWhole(value);
const oneOf = (...values: readonly unknown[]): Check => {
  return (value) => values.includes(value);
};
const isTextOrAbsent: Check = (value) => value === undefined || isText(value);
const listOf = (check: Check): Check => {
  return (value) => Array.isArray(value) && value.every(check);
};
const record = (shape: Shape): Check => {
  return (value) => isRecord(value) && faultyMember(value, shape) === null;
};

const participant = record({
  connectionId: isText,
  nodeId: isText,
  role: oneOf("merchant", "customer", null),
  explicit: oneOf(true, false),
  subject: (value) => value === undefined || isText(value),
});
const message = record({
  key: isText,
  dialect: oneOf("p4", "dpp"),
  raw: isText,
  messageId: isText,
  correlationId: isText,
});
const proof = record({
  txid: isText,
  status: oneOf("received", "verified"),
  blockHash: isTextOrNull,
  blockHeight: isWholeOrNull,
  merkleRoot: isText,
  awaitsHeader: (value) => value === undefined || typeof value === "boolean",
  source: oneOf("mapi", "arc"),
  raw: isText,
  bodyText: isText,
});
const doubleSpend = record({
  txid: isText,
  reason: oneOf("doubleSpend", "doubleSpendAttempt"),
  competingTxids: listOf(isText),
  raw: isText,
  bodyText: isText,
});
const rejection = record({
  txid: isText,
  status: isText,
  code: isWholeOrNull,
  detail: isText,
  competingTxids: listOf(isText),
  raw: isText,
  bodyText: isText,
});
const revocation = record({
  txid: isText,
  status: isText,
  blockHashes: listOf(isText),
  detail: isText,
  raw: isText,
  bodyText: isText,
});
const fromWallet = { from: participant, message };

/** What the fold relies on. Members beyond these are let through. */
const dataShapes: Record<ChannelEventType, Shape> = {
  ChannelOpened: {
    channelId: isText,
    expiresAtMs: isWhole,
    openedBy: (value) => value === null || participant(value),
    ackGraceMs: isWholeOrAbsent,
    maxLogBytes: isWholeOrAbsent,
  },
  ParticipantJoined: { participant },
  TermsRequested: fromWallet,
  TermsOffered: fromWallet,
  TermsRefused: fromWallet,
  PaymentSubmitted: { ...fromWallet, txid: isTextOrNull, txids: listOf(isText) },
  PaymentAccepted: fromWallet,
  PaymentRefused: { ...fromWallet, reason: isText },
  PaymentFailed: fromWallet,
  ProofRecorded: { proof },
  DoubleSpendReported: { doubleSpend },
  TransactionRejected: { rejection },
  ProofRevoked: { revocation },
  DeadlineExtended: { expiresAtMs: isWhole, by: isTextOrAbsent, reason: isTextOrAbsent },
  AckGraceStarted: { graceUntilMs: isWhole },
  ChannelExpired: { expiresAtMs: isWhole },
  ChannelClosed: { by: isText, reason: isText },
};

export function isEventType(type: unknown): type is ChannelEventType {
  return typeof type === "string" && Object.hasOwn(dataShapes, type);
}

/** The first member of an event's data that is missing or of the wrong kind; null when all are right. */
export function faultyDataMember(type: ChannelEventType, data: Record<string, unknown>): string | null {
  return faultyMember(data, dataShapes[type]);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function faultyMember(value: Record<string, unknown>, shape: Shape): string | null {
  for (const name in shape) if (shape[name]?.(value[name]) !== true) return name;
  return null;
}
