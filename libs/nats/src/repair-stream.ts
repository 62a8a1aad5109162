import { setTimeout as sleep } from "node:timers/promises";
import type { StreamInfo } from "@nats-io/jetstream";
import { isStoreError, StoreError } from "@p4/event-store";
import type { Broker } from "./broker.ts";

/** Metadata of a stream that is being repaired: how many copies it had. */
const repairKey = "p4.repair";

export interface RepairStep {
  readonly stream: string;
  readonly step: "one copy" | "copying" | "done";
}

export interface RepairOptions {
  /** For the new copies to have everything. */
  readonly withinMs: number;
  readonly onStep?: (step: RepairStep) => void;
}

const updateWithinMs = 10_000;
const pollMs = 200;

/**
 * Rebuilds a stream's copies from its leader, which has everything that was acknowledged: takes it to one copy and back
 * to as many as it had. In between the leader's is the only one: were its server lost then, the stream would be away
 * until it is back. A repair that was killed goes on when it is called again.
 *
 * @throws StoreError STORE_UNAVAILABLE when there is no leader, or the copies are not complete in time
 */
export async function repairStream(
  broker: Broker,
  stream: string,
  { withinMs, onStep = () => undefined }: RepairOptions,
): Promise<void> {
  const { config } = await infoOf(broker, stream);
  const replicas = Number(config.metadata?.[repairKey] ?? config.num_replicas);
  if (replicas < 2) return;
  const { [repairKey]: _mark, ...metadata } = config.metadata ?? {};
  if (config.num_replicas > 1) {
    await update(broker, { ...config, num_replicas: 1, metadata: { ...metadata, [repairKey]: String(replicas) } });
  }
  onStep({ stream, step: "one copy" });
  await until(broker, stream, updateWithinMs, ({ cluster }) => (cluster?.replicas ?? []).length === 0);
  onStep({ stream, step: "copying" });
  await update(broker, { ...config, num_replicas: replicas, metadata });
  await until(broker, stream, withinMs, ({ cluster }) => {
    const others = cluster?.replicas ?? [];
    return others.length === replicas - 1 && others.every(({ current, lag = 0 }) => current && lag === 0);
  });
  onStep({ stream, step: "done" });
}

/** Whether a repair of the stream was cut short. */
export const isHalfRepaired = ({ metadata }: Pick<StreamInfo["config"], "metadata">): boolean =>
  metadata?.[repairKey] !== undefined;

/** What is wanted of a stream that has one copy while it is repaired. */
export function duringRepair<T extends { readonly num_replicas?: number }>(
  wanted: T,
  { metadata }: { readonly metadata?: unknown },
): T {
  const had = (metadata as Record<string, string> | undefined)?.[repairKey];
  return had !== undefined && had === String(wanted.num_replicas) ? { ...wanted, num_replicas: 1 } : wanted;
}

const infoOf = (broker: Broker, stream: string): Promise<StreamInfo> =>
  broker.api<StreamInfo>(`STREAM.INFO.${stream}`, undefined, updateWithinMs);

const update = (broker: Broker, config: StreamInfo["config"]): Promise<unknown> =>
  broker.api(`STREAM.UPDATE.${config.name}`, config, updateWithinMs);

async function until(
  broker: Broker,
  stream: string,
  withinMs: number,
  isSo: (info: StreamInfo) => boolean,
): Promise<void> {
  for (const endMs = performance.now() + withinMs; ; await sleep(pollMs)) {
    try {
      if (isSo(await infoOf(broker, stream))) return;
    } catch (error) {
      // The group elects a new leader.
      if (!isStoreError(error, "STORE_UNAVAILABLE")) throw error;
    }
    if (performance.now() > endMs)
      throw new StoreError("STORE_UNAVAILABLE", `${stream}: its copies are not complete yet`);
  }
}
