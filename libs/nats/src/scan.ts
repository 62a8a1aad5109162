import { setTimeout as sleep } from "node:timers/promises";
import type { ScannedEvent, ScanOptions } from "@p4/event-store";
import { StoreError } from "@p4/event-store";
import type { Broker } from "./broker.ts";
import { directPage } from "./direct-get.ts";
import { channelIdOf, channelStream, shardLive, type Names } from "./subjects.ts";
import { createWakeUp } from "./wake-up.ts";

const pageSize = 500;
const pageBytes = 4_000_000;
/** Following is driven by the live feed; this only bounds the delay when one of its messages is lost. */
const pollMs = 1_000;
const replicaPollMs = 20;

interface StreamState {
  readonly state: { readonly first_seq: number; readonly last_seq: number; readonly messages: number };
}

/**
 * Reads one shard from a position on, page by page. No consumer: a projection keeps its own position, so nothing has
 * to be recreated after a restart, and each page shows by its sequences whether it is whole.
 */
export async function* scanShard(
  broker: Broker,
  names: Names,
  shard: number,
  options: ScanOptions,
): AsyncGenerator<ScannedEvent[]> {
  const stream = channelStream(names, shard);
  const { signal, follow = false } = options;
  const wakeUp = createWakeUp();
  const feed = follow
    ? broker.nc.subscribe(shardLive(names, shard), { callback: () => wakeUp.wake() })
    : undefined;
  try {
    let position = options.afterPosition?.get(shard) ?? 0;
    // The leader's end: without follow the scan ends there, even if a replica that answers is behind.
    let { state } = await broker.api<StreamState>(`STREAM.INFO.${stream}`);
    position = Math.max(position, state.first_seq - 1);
    while (signal?.aborted !== true && (follow || position < state.last_seq)) {
      const page = await directPage(broker, stream, {
        seq: position + 1,
        next_by_subj: ">",
        batch: pageSize,
        max_bytes: pageBytes,
      });
      const events: ScannedEvent[] = [];
      for (const [i, { subject, seq, storedAtMs, bytes }] of page.messages.entries()) {
        if (seq !== position + 1) await assertTrimmed(broker, stream, position + 1, seq);
        position = seq;
        const pending = page.pending + page.messages.length - 1 - i;
        events.push({ channelId: channelIdOf(subject), streamVersion: seq, storedAtMs, bytes, shard, pending });
      }
      if (events.length > 0) yield events;
      else if (follow) await wakeUp.wait(pollMs, signal);
      else {
        await sleep(replicaPollMs);
        const now = await broker.api<StreamState>(`STREAM.INFO.${stream}`);
        state = { ...state, first_seq: now.state.first_seq };
        position = Math.max(position, state.first_seq - 1);
      }
    }
  } finally {
    feed?.unsubscribe();
  }
}

/** Nothing is ever deleted inside the log; only its head goes with age. Any other hole is damage. */
async function assertTrimmed(broker: Broker, stream: string, wanted: number, found: number): Promise<void> {
  const { state } = await broker.api<StreamState>(`STREAM.INFO.${stream}`);
  if (state.first_seq >= found) return;
  throw new StoreError("STORE_UNAVAILABLE", `${stream} lacks sequences ${wanted} to ${found - 1}`);
}
