import { walletMessageId } from "../checker/check-delivery.ts";
import { decodeChannels } from "../checker/decode-channels.ts";
import type { Violation } from "../checker/history.ts";
import type { Acknowledgement } from "./acknowledgements.ts";
import { rowsInForce, type DeposedLog } from "./deposed-logs.ts";
import { grouped } from "./grouped.ts";
import type { RegionHistory } from "./region-history.ts";

/** One home an epoch, and none that acknowledges when the next one has begun. */
export function checkHomes(
  history: RegionHistory,
  deposed: readonly DeposedLog[],
  acknowledged: readonly Acknowledgement[],
): Violation[] {
  return [...homesOfEpochs(history), ...deposed.flatMap((each) => stillAcknowledged(history, each, acknowledged))];
}

function homesOfEpochs(history: RegionHistory): Violation[] {
  const byTables = rowsInForce(history).map(({ epoch, home }) => ({ epoch, home }));
  const byStreams = history.sightings.flatMap(({ sites }) =>
    sites.flatMap(({ site, logs }) =>
      logs.flatMap((role) => (role.kind === "home" ? [{ epoch: role.epoch, home: site }] : [])),
    ),
  );
  return [...grouped([...byTables, ...byStreams], ({ epoch }) => epoch)].flatMap(([epoch, found]): Violation[] => {
    const homes = [...new Set(found.map(({ home }) => home))];
    if (homes.length < 2) return [];
    return [{ code: "TWO_HOMES", channelId: "", detail: `epoch ${String(epoch)} at ${homes.join(" and ")}` }];
  });
}

function stillAcknowledged(
  history: RegionHistory,
  { site, endedBy, tail, log }: DeposedLog,
  acknowledged: readonly Acknowledgement[],
): Violation[] {
  const beganAtMs = firstStoredMs(history, endedBy);
  const own = new Set(tail.map(({ channelId, streamVersion }) => `${channelId} ${String(streamVersion)}`));
  const channels = decodeChannels(log);
  return acknowledged.flatMap(({ channelId, sequence, messageId, edge }): Violation[] => {
    // The next home may have stored the repeated message at the same sequence.
    if (history.siteOfEdge.get(edge) !== site) return [];
    const event = channels.get(channelId)?.byVersion.get(sequence);
    if (event === undefined || !own.has(`${channelId} ${String(sequence)}`)) return [];
    if (walletMessageId(event) !== messageId || event.storedAtMs <= beganAtMs) return [];
    const late = `${String(event.storedAtMs - beganAtMs)} ms after epoch ${String(endedBy)} had begun`;
    return [{ code: "TWO_HOMES", channelId, detail: `${messageId} at ${String(sequence)}, stored at ${site} ${late}` }];
  });
}

/** When the home of an epoch took its first event, as far as the last home's log tells. */
function firstStoredMs({ log, forks }: RegionHistory, epoch: number): number {
  let firstMs = Infinity;
  for (const { shard, streamVersion, storedAtMs } of [...log.values()].flat()) {
    const own = forks[shard] ?? [];
    const from = own.find((fork) => fork.epoch === epoch)?.sequence ?? Infinity;
    const upTo = Math.min(...own.filter((fork) => fork.epoch > epoch).map(({ sequence }) => sequence));
    if (streamVersion > from && streamVersion <= upTo) firstMs = Math.min(firstMs, storedAtMs);
  }
  return firstMs;
}
