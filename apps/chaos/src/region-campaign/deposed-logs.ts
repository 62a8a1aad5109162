import { majorityOf, type RegionRow } from "@p4/regions";
import { grouped } from "./grouped.ts";
import type { RegionHistory, ShardEvent, Sighting, SiteLog, TailEvent } from "./region-history.ts";

/** What a deposed home, or a copy that followed it, has said of its channels until the end. */
export interface DeposedLog {
  readonly site: string;
  /** The first epoch that it was left out of. */
  readonly endedBy: number;
  /** The home before was given up, not moved: only then may there be a tail. */
  readonly isGivenUp: boolean;
  readonly tail: readonly TailEvent[];
  /** Of the channels in the tail: what the last home has of the time before, and the tail. */
  readonly log: SiteLog;
}

/** One for each site and epoch of which files were written. Pure. */
export function deposedLogs(history: RegionHistory): DeposedLog[] {
  const rows = rowsInForce(history);
  const groups = grouped(history.tails, ({ site, epoch }) => `${site} ${String(epoch)}`);
  return [...groups.values()].map((tail) => {
    const { site = "", epoch = 0 } = tail[0] ?? {};
    const endedBy = lastEpochWith(rows, site, epoch) + 1;
    const begin = history.begins.find((each) => each.epoch === endedBy);
    return { site, endedBy, isGivenUp: begin?.by === "failover", tail, log: logUpTo(history, tail, endedBy) };
  });
}

/** Every row whose epoch and home a majority of the sites had at one moment. */
export function rowsInForce({ sightings, sites }: Pick<RegionHistory, "sightings" | "sites">): RegionRow[] {
  const rows = new Map<string, RegionRow>();
  for (const sighting of sightings) {
    for (const group of grouped(rowsOf(sighting), ({ epoch, home }) => `${String(epoch)} ${home}`).values()) {
      if (group.length < majorityOf(sites.length)) continue;
      for (const row of group) rows.set(JSON.stringify(row), row);
    }
  }
  return [...rows.values()];
}

const rowsOf = ({ sites }: Sighting): RegionRow[] => sites.flatMap(({ row }) => (row === null ? [] : [row]));

/** The last epoch before `epoch` that the site took part in; 0: none is known. */
function lastEpochWith(rows: readonly RegionRow[], site: string, epoch: number): number {
  const took = rows.filter((row) => row.epoch < epoch && (row.home === site || row.copies.includes(site)));
  return Math.max(0, ...took.map((row) => row.epoch));
}

function logUpTo({ log, forks }: RegionHistory, tail: readonly TailEvent[], endedBy: number): SiteLog {
  const commonUpTo = new Map<number, number>();
  for (const [shard, events] of grouped(tail, (event) => event.shard)) {
    const fork = forks[shard]?.find(({ epoch }) => epoch >= endedBy)?.sequence ?? Infinity;
    commonUpTo.set(shard, Math.min(fork, ...events.map(({ streamVersion }) => streamVersion - 1)));
  }
  const channels = new Map<string, ShardEvent[]>();
  for (const [channelId, events] of grouped(tail, (event) => event.channelId)) {
    const known = log.get(channelId) ?? [];
    const before = known.filter(({ shard, streamVersion }) => streamVersion <= (commonUpTo.get(shard) ?? 0));
    channels.set(channelId, [...before, ...events.toSorted((left, right) => left.streamVersion - right.streamVersion)]);
  }
  return channels;
}
