import { stateName, type ChannelStateName } from "./channel.machine.ts";
import { foldStored, newChannel, type Channel } from "./channel-fold.ts";
import type { Sha256Hex } from "./event-codec.ts";
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
  /** `merchant`, `customer`, `miner`, `server`, `operator`, or `unknown` for a connection without a role. */
  readonly from: string;
  /** The wire's key where there is one: `payment.ack`; otherwise `join`, `deadline`. */
  readonly what: string;
  readonly before: ChannelStateName;
  readonly after: ChannelStateName;
  readonly detail: string;
  readonly event: SequencedEvent;
}

export interface Timeline {
  readonly channel: Channel;
  readonly entries: readonly TimelineEntry[];
}

/**
 * Folds a log and tells it line by line.
 *
 * @throws LogError with the place where the log does not hold together.
 */
export function timelineOf(stored: Iterable<StoredText>, sha256Hex: Sha256Hex): Timeline {
  const entries: TimelineEntry[] = [];
  let channel = newChannel();
  let openedAtMs = 0;
  for (const { text, streamVersion } of stored) {
    const before = stateName(channel.snapshot);
    const folded = foldStored(channel, text, streamVersion, sha256Hex);
    channel = folded.channel;
    const { event } = folded;
    const atMs = event.metadata.recordedAtMs;
    if (entries.length === 0) openedAtMs = atMs;
    const after = stateName(channel.snapshot);
    entries.push({ streamVersion, atMs, elapsedMs: atMs - openedAtMs, before, after, event, ...describe(event) });
  }
  return { channel, entries };
}

function describe(event: SequencedEvent): Pick<TimelineEntry, "from" | "what" | "detail"> {
  switch (event.type) {
    case "ChannelOpened": {
      const { openedBy, expiresAtMs } = event.data;
      const detail = `opens the channel until ${new Date(expiresAtMs).toISOString()}`;
      return { from: openedBy?.role ?? "unknown", what: "join", detail };
    }
    case "ParticipantJoined":
      return { from: event.data.participant.role ?? "unknown", what: "join", detail: "" };
    case "TermsRequested":
    case "TermsOffered":
    case "TermsRefused":
    case "PaymentAccepted":
    case "PaymentFailed":
      return { from: event.data.from.role ?? "unknown", what: event.data.message.key, detail: "" };
    case "PaymentSubmitted":
      return {
        from: event.data.from.role ?? "unknown",
        what: event.data.message.key,
        detail: event.data.txid === null ? "no readable transaction" : `txid ${event.data.txid}`,
      };
    case "PaymentRefused":
      return { from: event.data.from.role ?? "unknown", what: "payment.ack", detail: `refused: ${event.data.reason}` };
    case "ProofRecorded": {
      const { status, blockHash, blockHeight, merkleRoot } = event.data.proof;
      const block = blockHash === null ? `root ${merkleRoot}` : `block ${blockHash}`;
      const height = blockHeight === null ? "" : ` at height ${String(blockHeight)}`;
      return { from: "miner", what: "proof.create", detail: `${status}: ${block}${height}` };
    }
    case "DoubleSpendReported":
      return { from: "miner", what: "doublespend.notify", detail: event.data.doubleSpend.reason };
    case "DeadlineExtended":
      return { from: "operator", what: "deadline", detail: `until ${new Date(event.data.expiresAtMs).toISOString()}` };
    case "ChannelExpired":
      return { from: "server", what: "channel.expired", detail: "" };
    case "ChannelClosed":
      return { from: "operator", what: "channel.closed", detail: `${event.data.by}: ${event.data.reason}` };
  }
}
