import type { Role } from "@p4/protocol";
import { initialState, type ChannelSnapshot } from "./channel.machine.ts";
import type { ChannelCommand, CommandMetadata, WalletCommand } from "./commands.ts";
import { decide } from "./decide.ts";
import { walletCommands } from "./decide-wallet.ts";
import { evolve } from "./evolve.ts";
import type {
  NewChannelEvent,
  RecordedDoubleSpend,
  RecordedProof,
  RecordedRejection,
  RecordedRevocation,
} from "./events.ts";
import type { Participant } from "./participant.ts";
import type { SequencedEvent } from "./sequenced-event.ts";
import { walletCommand } from "./wallet-command.ts";

/** Builders of commands and states for tests: a channel `inv1`, opened at 1,000 ms, due at 8,000 ms. */
export const openedAtMs = 1_000;
export const expiresAtMs = 8_000;

export const merchant: Participant = { connectionId: "m1", nodeId: "n1", role: "merchant", explicit: true };
export const customer: Participant = { connectionId: "c1", nodeId: "n1", role: "customer", explicit: true };
export const stranger: Participant = { connectionId: "s1", nodeId: "n1", role: null, explicit: false };

export const paymentTxid = "aa".repeat(32);
export const otherTxid = "bb".repeat(32);

const keys: Record<WalletCommand["type"], string> = {
  RequestTerms: "paymentrequest.create",
  OfferTerms: "paymentrequest.response",
  RefuseTerms: "paymentrequest.error",
  SubmitPayment: "payment",
  AcceptPayment: "payment.ack",
  RefusePayment: "payment.ack",
  FailPayment: "payment.error",
};

let commandCount = 0;

export function metadata(nowMs = openedAtMs + 100): CommandMetadata {
  commandCount++;
  return { commandId: `command-${commandCount}`, nowMs, correlationId: "", causationId: "test" };
}

export interface WalletOverrides {
  readonly from?: Participant;
  readonly messageId?: string;
  readonly txid?: string | null;
  readonly txids?: readonly string[];
  readonly correlationId?: string;
  readonly body?: unknown;
  readonly merchantIsAlive?: boolean;
  readonly nowMs?: number;
}

export function wallet(type: WalletCommand["type"], overrides: WalletOverrides = {}): WalletCommand {
  const meta = metadata(overrides.nowMs);
  const messageId = overrides.messageId ?? `message-${meta.commandId}`;
  const key = keys[type];
  const { correlationId = "", body } = overrides;
  const raw = JSON.stringify({ key, messageId, correlationID: correlationId, body });
  const command = walletCommand(
    { key, dialect: "p4", raw, messageId, correlationId },
    {
      from: overrides.from ?? participantOf(walletCommands[type].role),
      metadata: meta,
      merchantIsAlive: overrides.merchantIsAlive ?? true,
      facts: {
        txids: txidsOf(overrides),
        accepted: type === "AcceptPayment",
        reason: "too little",
      },
    },
  );
  if (command === null) throw new Error(`no command for ${key}`);
  return command;
}

function txidsOf({ txid = paymentTxid, txids }: WalletOverrides): readonly string[] {
  return txids ?? (txid === null ? [] : [txid]);
}

function participantOf(role: Role): Participant {
  return role === "merchant" ? merchant : customer;
}

export function join(
  participant: Participant,
  overrides: Partial<Omit<ChannelCommand & { type: "JoinChannel" }, "type">> = {},
): ChannelCommand {
  return {
    type: "JoinChannel",
    channelId: "inv1",
    participant,
    expiresAtMs,
    mayOpen: true,
    merchantIsAlive: true,
    metadata: metadata(openedAtMs),
    ...overrides,
  };
}

export function proofOf(txid: string, overrides: Partial<RecordedProof> = {}): RecordedProof {
  return {
    txid,
    status: "verified",
    blockHash: "cc".repeat(32),
    blockHeight: 7,
    merkleRoot: "dd".repeat(32),
    source: "mapi",
    raw: "{}",
    bodyText: "{}",
    ...overrides,
  };
}

export function recordProof(txid: string, overrides: Partial<RecordedProof> = {}): ChannelCommand {
  return { type: "RecordProof", proof: proofOf(txid, overrides), metadata: metadata() };
}

export function reportDoubleSpend(txid: string, overrides: Partial<RecordedDoubleSpend> = {}): ChannelCommand {
  const doubleSpend: RecordedDoubleSpend = {
    txid,
    reason: "doubleSpendAttempt",
    competingTxids: [otherTxid],
    raw: "{}",
    bodyText: "{}",
    ...overrides,
  };
  return { type: "ReportDoubleSpend", doubleSpend, metadata: metadata() };
}

export function reportRejection(txid: string, overrides: Partial<RecordedRejection> = {}): ChannelCommand {
  const news = { txid, status: "REJECTED", code: 466, detail: "", competingTxids: [], raw: "{}", bodyText: "{}" };
  return { type: "ReportRejection", rejection: { ...news, ...overrides }, metadata: metadata() };
}

export function revokeProof(txid: string, overrides: Partial<RecordedRevocation> = {}): ChannelCommand {
  const blockHashes = ["cc".repeat(32)];
  const news = { txid, status: "MINED_IN_STALE_BLOCK", blockHashes, detail: "", raw: "{}", bodyText: "{}" };
  return { type: "RevokeProof", revocation: { ...news, ...overrides }, metadata: metadata() };
}

export function expire(nowMs = expiresAtMs): ChannelCommand {
  return { type: "ExpireChannel", metadata: metadata(nowMs) };
}

export function close(): ChannelCommand {
  return { type: "CloseChannel", by: "operator", reason: "test", metadata: metadata() };
}

/** Versions grow with gaps, as the broker's do. */
export function sequenced(event: NewChannelEvent, streamVersion: number): SequencedEvent {
  return {
    ...event,
    metadata: { ...event.metadata, previousHash: "", schemaVersion: 1 },
    streamVersion,
    sizeBytes: JSON.stringify(event).length,
  };
}

/** Nothing is forgotten here, so no text is known by its hash alone. */
const unhashed = (text: string): string => text;

/** Decides and folds each command in turn; all must be accepted. */
export function given(...commands: readonly ChannelCommand[]): ChannelSnapshot {
  return commands.reduce((snapshot, command) => {
    const decision = decide(command, snapshot, unhashed);
    if (decision.outcome !== "accepted") throw new Error(`${command.type}: ${JSON.stringify(decision)}`);
    return evolve(snapshot, sequenced(decision.event, (snapshot.context.eventCount + 1) * 10));
  }, initialState());
}

/** The shortest way into each state. */
export const wayTo = {
  unopened: [],
  awaitingTermsRequest: [join(merchant), join(customer)],
  awaitingTerms: [join(merchant), wallet("RequestTerms")],
  awaitingPayment: [join(merchant), wallet("RequestTerms"), wallet("OfferTerms")],
  awaitingAck: [join(merchant), wallet("OfferTerms"), wallet("SubmitPayment")],
  awaitingLateAck: [join(merchant, { ackGraceMs: 500 }), wallet("OfferTerms"), wallet("SubmitPayment"), expire()],
  awaitingProof: [join(merchant), wallet("SubmitPayment"), wallet("AcceptPayment")],
  settled: [join(merchant), wallet("SubmitPayment"), wallet("AcceptPayment"), recordProof(paymentTxid)],
  expired: [join(merchant), expire()],
  closed: [join(merchant), close()],
} as const satisfies Record<string, readonly ChannelCommand[]>;
