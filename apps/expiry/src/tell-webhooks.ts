import { setTimeout as sleep } from "node:timers/promises";
import { channelWebhooks, provisionWebhooks, type ChannelNode } from "@p4/app";
import type { Logger } from "@p4/telemetry";
import type { TargetPolicy } from "@p4/webhooks";
import { Telling } from "./telling.ts";
import { TellingTurn } from "./telling-turn.ts";

export interface TellWebhooksOptions {
  readonly place: { readonly region: string; readonly shards: number; readonly replicas: number };
  readonly policy: TargetPolicy;
  readonly logger: Pick<Logger, "warn">;
  /** How often webhooks and turn are looked at. Default 5 s. */
  readonly everyMs?: number | undefined;
}

/** Looks without a sign of the worker whose turn it is, before another one takes over. */
const silentLooks = 4;
/** After failures in a row. */
const longestPauseMs = 60_000;

/**
 * Tells the region's webhooks what the log takes in. Any number of workers may run it; one of them tells at a time, the others
 * wait for their turn. Costs one small read per look while there is no webhook.
 */
export function tellWebhooks(
  node: Pick<ChannelNode, "broker" | "log" | "nodeId">,
  { place, policy, logger, everyMs = 5_000 }: TellWebhooksOptions,
): { close(): Promise<void> } {
  const { webhooks, documents } = channelWebhooks(node.broker, place.region);
  const turn = new TellingTurn(documents, { owner: node.nodeId, silentMs: silentLooks * everyMs });
  const stop = new AbortController();
  const { signal } = stop;
  let isProvisioned = false;
  const look = async (): Promise<"again" | "later"> => {
    if (!isProvisioned) await provisionWebhooks(node.broker, place);
    isProvisioned = true;
    const known = await webhooks.list();
    const from = known.length === 0 ? null : await turn.take();
    if (from === null) return "later";
    return new Telling({ node, place, policy, logger, webhooks, turn, known, everyMs, signal }).run(from);
  };
  const repeat = async (): Promise<void> => {
    let failures = 0;
    while (!signal.aborted) {
      const next = await look().catch((error: unknown) => {
        if (failures === 0) logger.warn({ error }, "webhooks wait for the store");
        return error;
      });
      failures = next === "again" || next === "later" ? 0 : failures + 1;
      if (next === "again") continue;
      // Without the right to its buckets it stays so.
      const pauseMs = Math.min(everyMs * (1 + failures), longestPauseMs);
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  };
  const running = repeat();
  return {
    async close() {
      stop.abort();
      await running;
    },
  };
}
