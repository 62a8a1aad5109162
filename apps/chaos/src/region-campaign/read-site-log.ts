import { createEventLog, type Broker } from "@p4/nats";
import { region } from "../regions/move-region.ts";
import type { ShardEvent, SiteLog } from "./region-history.ts";

/** Every event that a site has, home or copy: nothing is set up there. */
export async function readSiteLog(broker: Broker, shards: number): Promise<SiteLog> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const channels = new Map<string, ShardEvent[]>();
  for await (const { channelId, streamVersion, bytes, storedAtMs, shard } of createEventLog(broker, {
    region,
    shards,
  }).scan()) {
    const event = { streamVersion, text: decoder.decode(bytes), storedAtMs, shard };
    const events = channels.get(channelId);
    if (events === undefined) channels.set(channelId, [event]);
    else events.push(event);
  }
  return channels;
}
