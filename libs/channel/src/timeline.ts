import { stateName, type ChannelStateName } from "./channel.machine.ts";
import { foldStored, newChannel, type Channel } from "./channel-fold.ts";
import type { Sha256Hex } from "./event-codec.ts";
import { pendingFor, roleListeners } from "./heard-by.ts";
import type { OutgoingMessage } from "./outgoing.ts";
import type { WalletEventType } from "./context.ts";
import type { RecordedProof, RecordedRejection, RecordedRevocation } from "./events.ts";
import type { Participant } from "./participant.ts";
import type { SequencedEvent } from "./sequenced-event.ts";

/** An event's text as the log holds it. */
export interface StoredText {
  readonly streamVersion: number;
  readonly text: string;
}

/** One line of what happened on a channel. */
export interface TimelineEntry {
  readonly streamVersion: number;
  readonly atMs: number;
  /** Since the channel's first event. */
  readonly elapsedMs: number;
  /** Since the event before; negative where a clock went back. */
  readonly sincePreviousMs: number;
  /** `merchant`, `customer`, `miner`, `server`, `operator`, or `unknown` for a connection without a role. */
  readonly from: string;
  /** The wire's key where there is one: `payment.ack`; otherwise `join`, `deadline`. */
  readonly what: string;
  readonly before: ChannelStateName;
  readonly after: ChannelStateName;
  readonly detail: string;
  /** After this event: keys of the messages that each role would be handed when it joins. */
  readonly pending: PendingKeys;
  /** The same, each with the version of its event. */
  readonly waiting: WaitingMessages;
  readonly event: SequencedEvent;
}

export interface WaitingMessages {
  readonly merchant: readonly WaitingMessage[];
  readonly customer: readonly WaitingMessage[];
}

export interface WaitingMessage {
  readonly key: string;
  readonly streamVersion: number;
}

export interface PendingKeys {
  readonly merchant: readonly string[];
  readonly customer: readonly string[];
}

export interface Timeline {
  readonly channel: Channel;
  readonly entries: readonly TimelineEntry[];
}

/** How far a timeline has been told. */
export interface TimelinePosition {
  readonly channel: Channel;
  readonly openedAtMs: number;
  readonly lastAtMs: number;
}

export function startOfTimeline(): TimelinePosition {
  return { channel: newChannel(), openedAtMs: 0, lastAtMs: 0 };
}

/**
 * Folds one more event and tells it.
 *
 * @throws LogError with the place where the log does not hold together.
 */
export function tellNext(
  position: TimelinePosition,
  { text, streamVersion }: StoredText,
  sha256Hex: Sha256Hex,
): { readonly position: TimelinePosition; readonly entry: TimelineEntry } {
  const isFirst = position.channel.streamVersion === 0;
  const { channel, event } = foldStored(position.channel, text, streamVersion, sha256Hex);
  const atMs = event.metadata.recordedAtMs;
  const openedAtMs = isFirst ? atMs : position.openedAtMs;
  const waiting: WaitingMessages = {
    merchant: pendingFor(roleListeners.merchant, channel.snapshot).map(waitingMessage),
    customer: pendingFor(roleListeners.customer, channel.snapshot).map(waitingMessage),
  };
  const entry: TimelineEntry = {
    streamVersion,
    atMs,
    elapsedMs: atMs - openedAtMs,
    sincePreviousMs: isFirst ? 0 : atMs - position.lastAtMs,
    before: stateName(position.channel.snapshot),
    after: stateName(channel.snapshot),
    pending: { merchant: waiting.merchant.map(({ key }) => key), customer: waiting.customer.map(({ key }) => key) },
    waiting,
    event,
    ...describeEvent(event),
  };
  return { position: { channel, openedAtMs, lastAtMs: atMs }, entry };
}

/**
 * Folds a log and tells it line by line.
 *
 * @throws LogError with the place where the log does not hold together.
 */
export function timelineOf(stored: Iterable<StoredText>, sha256Hex: Sha256Hex): Timeline {
  const entries: TimelineEntry[] = [];
  let position = startOfTimeline();
  for (const event of stored) {
    const told = tellNext(position, event, sha256Hex);
    position = told.position;
    entries.push(told.entry);
  }
  return { channel: position.channel, entries };
}

/** Who has caused an event: a wallet's connection; null for miners, operators and the server. */
export function speakerOf(event: SequencedEvent): Participant | null {
  switch (event.type) {
    case "ChannelOpened":
      return event.data.openedBy;
    case "ParticipantJoined":
      return event.data.participant;
    default:
      return "from" in event.data ? event.data.from : null;
  }
}

function waitingMessage(message: OutgoingMessage): WaitingMessage {
  return { key: keyOf(message), streamVersion: message.streamVersion };
}

/** The wire's key of an outgoing message. */
export function keyOf(message: OutgoingMessage): string {
  return message.kind === "relayed" ? message.event.data.message.key : message.key;
}

type Extension = SequencedEvent<"DeadlineExtended">["data"];
type Words = Pick<TimelineEntry, "from" | "what" | "detail">;

/** One event in words, without its place in the channel. */
export function describeEvent(event: SequencedEvent): Words {
  switch (event.type) {
    case "ChannelOpened":
      return { from: roleOf(event.data.openedBy), what: "join", detail: `opens the channel ${until(event.data)}` };
    case "ParticipantJoined":
      return { from: roleOf(event.data.participant), what: "join", detail: "" };
    case "ProofRecorded":
      return { from: "miner", what: "proof.create", detail: proofText(event.data.proof) };
    case "DoubleSpendReported":
      return { from: "miner", what: "doublespend.notify", detail: event.data.doubleSpend.reason };
    case "TransactionRejected":
      return { from: "miner", what: "transaction.rejected", detail: rejectionText(event.data.rejection) };
    case "ProofRevoked":
      return { from: "miner", what: "proof.revoked", detail: revocationText(event.data.revocation) };
    case "DeadlineExtended":
      return { from: "operator", what: "deadline", detail: extensionText(event.data) };
    case "AckGraceStarted":
      return { from: "server", what: "deadline", detail: graceText(event.data.graceUntilMs) };
    case "ChannelExpired":
      return { from: "server", what: "channel.expired", detail: "" };
    case "ChannelClosed":
      return {
        from: event.data.by === "merchant" ? "merchant" : "operator",
        what: "channel.closed",
        detail: `${event.data.by}: ${event.data.reason}`,
      };
    default:
      return { from: roleOf(event.data.from), what: event.data.message.key, detail: walletDetail(event) };
  }
}

function walletDetail(event: SequencedEvent<WalletEventType>): string {
  switch (event.type) {
    case "PaymentSubmitted":
      return paidText(event.data.txids);
    case "PaymentRefused":
      return `refused: ${event.data.reason}`;
    default:
      return "";
  }
}

function proofText({ status, blockHash, blockHeight, merkleRoot }: RecordedProof): string {
  const block = blockHash === null ? `root ${merkleRoot}` : `block ${blockHash}`;
  return `${status}: ${block}${blockHeight === null ? "" : ` at height ${String(blockHeight)}`}`;
}

function paidText(txids: readonly string[]): string {
  if (txids.length === 0) return "no readable transaction";
  return `${txids.length === 1 ? "txid" : "txids"} ${txids.join(", ")}`;
}

function rejectionText({ txid, status, code, detail, competingTxids }: RecordedRejection): string {
  const number = code === null ? "" : ` ${String(code)}`;
  const rivals = competingTxids.length === 0 ? "" : `; competing: ${competingTxids.join(", ")}`;
  return `txid ${txid}: ${status}${number}${detail === "" ? "" : `: ${detail}`}${rivals}`;
}

function revocationText({ txid, status, blockHashes }: RecordedRevocation): string {
  const blocks = blockHashes.length === 0 ? "" : `: block ${blockHashes.join(", ")} left the chain`;
  return `txid ${txid}: ${status}${blocks}`;
}

function extensionText({ expiresAtMs, by, reason }: Extension): string {
  const why = [by, reason].filter((text) => text !== undefined).join(": ");
  return `${until({ expiresAtMs })}${why === "" ? "" : ` (${why})`}`;
}

function graceText(graceUntilMs: number): string {
  return `reached; the payment sent in time may be acknowledged until ${new Date(graceUntilMs).toISOString()}`;
}

const roleOf = (participant: Participant | null): string => participant?.role ?? "unknown";

const until = ({ expiresAtMs }: { readonly expiresAtMs: number }): string =>
  `until ${new Date(expiresAtMs).toISOString()}`;
