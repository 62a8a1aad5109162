import { isStoreError, shardOf } from "@p4/event-store";
import { uuid } from "@p4/node-crypto";
import type { ChannelNode } from "./open-channel-node.ts";

const probeEveryMs = 1_000;
/** About what a payment with its ancestors takes. A full disk may still have room for less. */
const probeBytes = 262_144;
/** No channel is ever here: the log refuses the append, and stores nothing. */
const nowhere = Number.MAX_SAFE_INTEGER;

type Probed = Pick<ChannelNode, "broker" | "log" | "strayProofs" | "nodeId">;

/**
 * Resolves when the broker stores, and takes this user's events in each shard: a document of its own that ages, and an
 * append to each shard whose refusal shows that its stream is there and may be written to.
 *
 * @throws StoreError
 */
export async function probeStore({ log, strayProofs, nodeId, broker }: Probed, shards: number): Promise<void> {
  const size = Math.min(probeBytes, Math.floor(broker.maxPayloadBytes / 2));
  await strayProofs.set(`probe.${nodeId}`, new Uint8Array(size));
  await Promise.all(channelOfEachShard(shards).map((channelId) => refusedAppend(log, channelId)));
}

async function refusedAppend(log: Probed["log"], channelId: string): Promise<void> {
  const request = { channelId, eventId: "probe", bytes: new Uint8Array(1), expectedStreamVersion: nowhere };
  try {
    await log.appendToStream(request);
  } catch (error) {
    if (!isStoreError(error, "STORE_VERSION_CONFLICT")) throw error;
  }
}

function channelOfEachShard(shards: number): string[] {
  const found = new Map<number, string>();
  while (found.size < shards) {
    const channelId = `probe-${uuid()}`;
    found.set(shardOf(channelId, shards), channelId);
  }
  return [...found.values()];
}

/** Probes whenever it is in question whether the broker stores, until the returned function is called. */
export function startProbing(node: Probed, shards: number): () => void {
  let busy = false;
  const timer = setInterval(() => {
    if (busy || !node.broker.ready()) return;
    busy = true;
    void node.broker.health.probe(() => probeStore(node, shards)).finally(() => (busy = false));
  }, probeEveryMs).unref();
  return () => clearInterval(timer);
}
