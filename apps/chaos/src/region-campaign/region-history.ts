import type { CopyClass, Fork, RegionRow, StreamRole } from "@p4/regions";
import type { History, LoggedEvent } from "../checker/history.ts";
import type { Isolation } from "./reach.ts";

export interface ShardEvent extends LoggedEvent {
  readonly shard: number;
}

/** All events of one site, by channel. */
export type SiteLog = ReadonlyMap<string, readonly ShardEvent[]>;

/** An event that only a deposed home, or one of its copies, had: `return` has written it to a file. */
export interface TailEvent extends ShardEvent {
  readonly channelId: string;
  readonly site: string;
  /** Of the home that the site returned to. */
  readonly epoch: number;
}

/** What all sites said at one moment. A site that is away says nothing. */
export interface Sighting {
  readonly atMs: number;
  readonly sites: readonly {
    readonly site: string;
    readonly row: RegionRow | null;
    /** Of each shard's stream. */
    readonly logs: readonly StreamRole[];
  }[];
}

/** How an epoch came about. */
export interface EpochBegin {
  readonly epoch: number;
  readonly by: "switch" | "failover";
}

/** All that is known of a campaign with regions when it is over; `log` is that of the last home. */
export interface RegionHistory extends History {
  readonly log: SiteLog;
  readonly class: CopyClass;
  readonly leaseMs: number;
  readonly sites: readonly string[];
  /** The last home's, by shard: where the log of each epoch began. */
  readonly forks: readonly (readonly Fork[])[];
  readonly sightings: readonly Sighting[];
  readonly begins: readonly EpochBegin[];
  readonly tails: readonly TailEvent[];
  readonly isolations: readonly Isolation[];
  /** What the sites that are copies at the end hold; read before the home's log. */
  readonly copies: ReadonlyMap<string, SiteLog>;
  /** By `host:port` of an edge. */
  readonly siteOfEdge: ReadonlyMap<string, string>;
  /** What kept the region from being brought together with the commands of the runbook, when all was healed. */
  readonly notWhole: readonly string[];
}
