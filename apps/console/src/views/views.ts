import type { ChannelSummary, MachineTransition, PendingKeys } from "@p4/channel";

/** What the console's API answers with. Times are in ms since 1970. Texts of peers are as they wrote them: hostile. */

/** One line of the list of channels. */
export interface ChannelRow {
  readonly channelId: string;
  readonly state: ChannelSummary["state"];
  readonly fault: string | null;
  readonly waitsFor: "customer" | "merchant" | "miner" | null;
  readonly waitingSinceMs: number;
  /** 0: it is not. */
  readonly stuckForMs: number;
  readonly satoshis: number | null;
  readonly memo: string | null;
  readonly txids: readonly string[];
  readonly events: number;
  readonly openedAtMs: number;
  readonly lastEventAtMs: number;
  readonly expiresAtMs: number;
  readonly merchant: Presence | null;
  readonly customer: Presence | null;
}

/** A connection as the log knows it, and whether it is there now. */
export interface Presence {
  readonly nodeId: string;
  /** `unknown`: its node has not answered yet. */
  readonly is: "here" | "gone" | "unknown";
}

export interface ChannelsAnswer {
  readonly nowMs: number;
  /** Channels that match. */
  readonly total: number;
  /** Of these, stuck ones: they come first. */
  readonly stuck: number;
  /** Channels that the console knows. */
  readonly known: number;
  readonly offset: number;
  readonly rows: readonly ChannelRow[];
  /** Not all channels are known yet: the index is being read. */
  readonly isReading: boolean;
  /** When the list was last brought up to date, and why it is not now; null: it is. */
  readonly asOfMs: number;
  readonly trouble: string | null;
}

/** One event of a channel's timeline. */
export interface EntryView {
  readonly streamVersion: number;
  readonly atMs: number;
  readonly sincePreviousMs: number;
  readonly from: string;
  readonly what: string;
  readonly before: string;
  readonly after: string;
  readonly detail: string;
  readonly expiresAtMs: number;
  readonly pending: PendingKeys;
  /** Keys of what this event had each party sent. */
  readonly sent: PendingKeys;
  readonly type: string;
  readonly bytes: number;
  readonly nodeId: string | null;
  readonly connectionId: string | null;
  /** The message's body as text, and the whole frame or callback as received; cut where they are long. */
  readonly body: CutText | null;
  readonly raw: CutText | null;
}

export interface CutText {
  readonly text: string;
  /** Characters of the whole. */
  readonly length: number;
}

export interface ProofView {
  readonly streamVersion: number;
  readonly txid: string;
  readonly status: "received" | "verified";
  /** False: a miner has said since that its block left the chain. */
  readonly stands: boolean;
  readonly blockHash: string | null;
  readonly blockHeight: number | null;
  readonly merkleRoot: string;
  readonly source: string;
}

export interface ConnectionView extends Presence {
  readonly connectionId: string;
  readonly role: "merchant" | "customer" | null;
  readonly lastSeenMs: number;
}

export interface ChannelAnswer {
  readonly nowMs: number;
  readonly row: ChannelRow;
  readonly entries: readonly EntryView[];
  /** Why the log cannot be told further than the entries; null: it is whole. */
  readonly fault: string | null;
  readonly headHash: string;
  /** What speaks against closing it; null: nothing. */
  readonly closeWarning: string | null;
  readonly proofs: readonly ProofView[];
  readonly connections: readonly ConnectionView[];
  readonly machine: readonly MachineTransition[];
}

/** Nothing has been stored since: only who is there may have changed. */
export interface UnchangedAnswer {
  readonly nowMs: number;
  readonly unchanged: true;
  readonly connections: readonly ConnectionView[];
}
