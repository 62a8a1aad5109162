import { setTimeout as sleep } from "node:timers/promises";
import { StoreError, type ReadOptions, type StoredEvent, type StreamVersion } from "@p4/event-store";
import type { Broker } from "./broker.ts";
import { apiErrorCodes, toStoreError } from "./broker-errors.ts";
import { directPage, pageBytesOf } from "./direct-get.ts";
import { channelAddress, type ChannelAddress, type Names } from "./subjects.ts";

/** A channel has a handful of events; a page of this size reads nearly all of them in one round trip. */
const pageSize = 256;
const replicaPollMs = 20;

/** Reads one channel in order, by batched direct gets. */
export async function readStream(
  broker: Broker,
  names: Names,
  channelId: string,
  options: ReadOptions = {},
): Promise<StoredEvent[]> {
  const address = channelAddress(names, channelId);
  const wanted = options.consistent === true ? await leaderVersion(broker, address) : 0;
  const { maxEvents = Infinity } = options;
  const events: StoredEvent[] = [];
  const end = performance.now() + broker.requestTimeoutMs;
  let after = options.afterVersion ?? 0;
  for (;;) {
    const { messages, pending } = await directPage(broker, address.stream, {
      seq: after + 1,
      next_by_subj: address.eventSubject,
      batch: Math.min(pageSize, maxEvents - events.length),
      max_bytes: pageBytesOf(broker),
    });
    for (const { seq, storedAtMs, bytes } of messages) {
      // Stored times do not go back within a stream, so the first later one ends the read.
      if (options.upToMs !== undefined && storedAtMs > options.upToMs) return events;
      events.push({ channelId, streamVersion: seq, storedAtMs, bytes });
      after = seq;
    }
    if (events.length >= maxEvents) return events;
    if (pending > 0 && messages.length > 0) continue;
    if (after >= wanted) return events;
    if (performance.now() > end) throw new StoreError("STORE_UNAVAILABLE", `replicas of ${address.stream} lag`);
    await sleep(replicaPollMs);
  }
}

/** Only the leader answers this call, so it knows everything that was acknowledged. */
async function leaderVersion(broker: Broker, address: ChannelAddress): Promise<StreamVersion> {
  const path = `STREAM.MSG.GET.${address.stream}`;
  const answer = await broker.apiAnswer<{ message?: { seq: number } }>(path, { last_by_subj: address.eventSubject });
  if (answer.error?.err_code === apiErrorCodes.noMessageFound) return 0;
  if (answer.error !== undefined) throw toStoreError(answer.error, path);
  return answer.message?.seq ?? 0;
}
