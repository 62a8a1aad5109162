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

/** Rows of one page of the list: browsers ask for it page by page. */
export const listPageRows = 50;

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
  /** The sequence at which a miner said that its block left the chain; null: none has. */
  readonly revokedAt: number | null;
  readonly blockHash: string | null;
  readonly blockHeight: number | null;
  readonly merkleRoot: string;
  readonly source: string;
}

/** Connections that are shown of a channel, the last first. */
export const shownConnections = 20;

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

/** Nothing has been stored since: only the connections may have changed. */
export interface UnchangedAnswer {
  readonly nowMs: number;
  readonly unchanged: true;
  readonly connections: readonly ConnectionView[];
}

/** One step of the last hour. */
export interface SystemSample {
  readonly atMs: number;
  readonly connections: number;
  readonly channels: number;
  readonly backlog: number;
  readonly loopLagMs: number;
  readonly heldBytes: number;
  /** A second. */
  readonly received: number;
  readonly delivered: number;
  readonly refused: number;
  /** From a frame's arrival until it is stored; null: nothing was. */
  readonly storeP50Ms: number | null;
  readonly storeP95Ms: number | null;
}

export interface CheckView {
  readonly name: string;
  readonly ok: boolean;
  readonly detail?: string;
  readonly facts?: Readonly<Record<string, string | number | boolean>>;
}

export type StoreView =
  | { readonly ok: false; readonly trouble: string }
  | {
      readonly ok: true;
      readonly serverName: string;
      readonly version: string;
      readonly cluster: string | null;
      readonly roundTripMs: number;
      readonly clockAheadMs: number | null;
      readonly streams: number;
      readonly messages: number;
      readonly storedBytes: number;
      readonly bytesPerDay: number;
      /** Null: something is kept without end. */
      readonly finalBytes: number | null;
      /** Null: the account has no limit. */
      readonly storeLimitBytes: number | null;
      readonly limitDaysLeft: number | null;
      /** Null: the broker does not run beside this process. */
      readonly diskFreeBytes: number | null;
      readonly diskDaysLeft: number | null;
      /** At the other sites of the deployment; empty: there are none. */
      readonly copies: readonly CopyView[];
    };

/** What another site has of the region's log. */
export interface CopyView {
  readonly site: string;
  /** `none`: no log of the region, as a witness; `other`: one that does not follow this site. */
  readonly is: "copy" | "none" | "other" | "away";
  /** Since it last heard of this site; null: never, or it is no copy. */
  readonly ageMs: number | null;
  /** Events that it does not have yet. */
  readonly behind: number | null;
  /** Events that it lacks in the middle and will not get. */
  readonly missing: number;
}

export interface SystemAnswer {
  readonly nowMs: number;
  readonly startedAtMs: number;
  readonly nodeId: string;
  readonly region: string;
  readonly ready: boolean;
  readonly checks: readonly CheckView[];
  readonly store: StoreView;
  /** Oldest first, every five seconds. */
  readonly samples: readonly SystemSample[];
}
