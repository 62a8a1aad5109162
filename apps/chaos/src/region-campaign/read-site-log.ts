import { isStoreError, shardOf, type ScanOptions } from "@p4/event-store";
import { createEventLog, type Broker } from "@p4/nats";
import { region } from "../regions/move-region.ts";
import type { ShardEvent, SiteLog } from "./region-history.ts";

/** Every event that a site has, home or copy: nothing is set up there. What is missing in the middle is left out. */
export async function readSiteLog(broker: Broker, shards: number): Promise<SiteLog> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const channels = new Map<string, ShardEvent[]>();
  const positions = new Map<number, number>();
  const log = createEventLog(broker, { region, shards });
  const read = async (options: ScanOptions): Promise<void> => {
    for await (const { channelId, streamVersion, bytes, storedAtMs } of log.scan(options)) {
      const shard = shardOf(channelId, shards);
      positions.set(shard, streamVersion);
      const event = { streamVersion, text: decoder.decode(bytes), storedAtMs, shard };
      const events = channels.get(channelId);
      if (events === undefined) channels.set(channelId, [event]);
      else events.push(event);
    }
  };
  for (;;) {
    try {
      await read({ afterPosition: new Map(positions) });
      return channels;
    } catch (error) {
      if (!isStoreError(error, "STORE_DAMAGED") || !(await skipHoles(broker, positions, shards))) throw error;
    }
  }
}

interface Info {
  readonly state: { readonly deleted?: readonly number[] };
}

/** Moves each position over the hole behind it; false: there is none. */
async function skipHoles(broker: Broker, positions: Map<number, number>, shards: number): Promise<boolean> {
  let hasMoved = false;
  for (let shard = 0; shard < shards; shard++) {
    const path = `STREAM.INFO.P4_CHANNELS_${region}_${String(shard)}`;
    const { state } = await broker.api<Info>(path, { deleted_details: true });
    const missing = new Set(state.deleted);
    let position = positions.get(shard) ?? 0;
    for (; missing.has(position + 1); position++) hasMoved = true;
    positions.set(shard, position);
  }
  return hasMoved;
}
