import { setTimeout as sleep } from "node:timers/promises";
import { StoreError, type ReadOptions, type StoredEvent, type StreamVersion } from "@p4/event-store";
import type { Broker } from "./broker.ts";
import { apiErrorCodes, toStoreError } from "./broker-errors.ts";
import { directPage } from "./direct-get.ts";
import type { AnswerSize } from "./read-places.ts";
import { channelAddress, type ChannelAddress, type Names } from "./subjects.ts";

/** A channel has a handful of events; a page of this size reads nearly all of them in one round trip. */
const pageSize = 256;
const replicaPollMs = 20;
const wholeChannel = { afterVersion: 0, maxEvents: Infinity, maxBytes: Infinity, upToMs: Infinity };

/** Reads one channel in order, by batched direct gets: a small page, and full ones when there is more. */
export async function readStream(
  broker: Broker,
  names: Names,
  channelId: string,
  options: ReadOptions = {},
): Promise<StoredEvent[]> {
  const address = channelAddress(names, channelId);
  const wanted = options.consistent === true ? await leaderVersion(broker, address) : 0;
  const { maxEvents, maxBytes, upToMs, afterVersion } = { ...wholeChannel, ...options };
  const events: StoredEvent[] = [];
  let endMs: number | null = null;
  let after = afterVersion;
  let sizeBytes = 0;
  let size: AnswerSize = "first";
  do {
    const batch = Math.min(pageSize, maxEvents - events.length);
    const question = { seq: after + 1, next_by_subj: address.eventSubject, batch };
    const { messages, pending } = await directPage(broker, address.stream, question, size);
    for (const { seq, storedAtMs, bytes } of messages) {
      // Stored times do not go back within a stream, so the first later one ends the read.
      if (storedAtMs > upToMs) return events;
      events.push({ channelId, streamVersion: seq, storedAtMs, bytes });
      after = seq;
      sizeBytes += bytes.length;
    }
    size = pending > 0 && messages.length > 0 ? "full" : "first";
    if (size === "full") continue;
    if (after >= wanted) break;
    endMs ??= performance.now() + broker.requestTimeoutMs;
    if (performance.now() > endMs) throw new StoreError("STORE_UNAVAILABLE", `replicas of ${address.stream} lag`);
    await sleep(replicaPollMs);
  } while (events.length < maxEvents && sizeBytes < maxBytes);
  return events;
}

/** Only the leader answers this call, so it knows everything that was acknowledged. The last event comes along. */
export async function leaderVersion(
  broker: Broker,
  address: Pick<ChannelAddress, "stream" | "eventSubject">,
): Promise<StreamVersion> {
  const path = `STREAM.MSG.GET.${address.stream}`;
  const question = { last_by_subj: address.eventSubject };
  const ask = () => broker.apiAnswer<{ message?: { seq: number } }>(path, question);
  const answer = await broker.reads.first(ask);
  if (answer.error?.err_code === apiErrorCodes.noMessageFound) return 0;
  if (answer.error !== undefined) throw toStoreError(answer.error, path);
  return answer.message?.seq ?? 0;
}
