import type { Violation } from "../checker/history.ts";
import type { RegionHistory, ShardEvent, SiteLog } from "./region-history.ts";

/** A copy is its home's log, event for event, as far as it has come. */
export function checkCopies({ copies, log }: Pick<RegionHistory, "copies" | "log">): Violation[] {
  const home = byPosition(log);
  return [...copies].flatMap(([site, copyLog]): Violation[] => {
    const copy = byPosition(copyLog);
    const foreign = [...copy].filter(([position, { text }]) => home.get(position)?.text !== text);
    const end = endsOf(copyLog);
    const missing = [...home].filter(
      ([position, { shard, streamVersion }]) => streamVersion <= (end.get(shard) ?? 0) && !copy.has(position),
    );
    const [first] = [...foreign, ...missing];
    if (first === undefined) return [];
    const [, { channelId, streamVersion }] = first;
    const counts = `${String(foreign.length)} events that its home has not, ${String(missing.length)} left out`;
    return [{ code: "COPY_DIFFERS", channelId, detail: `${site}: ${counts}; first at ${String(streamVersion)}` }];
  });
}

type Placed = ShardEvent & { readonly channelId: string };

function byPosition(log: SiteLog): Map<string, Placed> {
  const events = [...log].flatMap(([channelId, all]) => all.map((event) => ({ ...event, channelId })));
  return new Map(events.map((event) => [`${String(event.shard)}:${String(event.streamVersion)}`, event]));
}

function endsOf(log: SiteLog): Map<number, number> {
  const ends = new Map<number, number>();
  for (const { shard, streamVersion } of [...log.values()].flat()) {
    ends.set(shard, Math.max(ends.get(shard) ?? 0, streamVersion));
  }
  return ends;
}
