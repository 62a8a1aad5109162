import { markerGraceMs } from "@p4/channel-host";
import { StoreError } from "@p4/event-store";
import { type ChannelNode } from "@p4/app";
import { startPeriodicJob } from "@p4/read-models";
import type { Logger } from "@p4/telemetry";

export interface SweepingOptions {
  readonly everyMs: number;
  readonly logger: Pick<Logger, "warn">;
}

/**
 * A broker that is killed at the wrong moment can lose a timer (a failure campaign lost one of 1,500). No edge
 * notices a channel without connections: the sweep looks for such channels, and ends them.
 */
export function startSweeping(
  { overdue, registry, clock }: Pick<ChannelNode, "overdue" | "registry" | "clock">,
  { everyMs, logger }: SweepingOptions,
): { close(): Promise<void> } {
  const graceMs = Math.min(everyMs, markerGraceMs);
  return startPeriodicJob({
    everyMs,
    lastRunMs: () => overdue.lastRunMs(),
    run: async (signal) => {
      // Another worker, whose clock is right, takes this turn.
      if (clock.trouble !== null) throw new StoreError("STORE_CLOCK_OFF", clock.trouble);
      await overdue.sweep({
        dueBeforeMs: Date.now() - graceMs,
        onOverdue: async (channelId) => {
          const { outcome } = await registry.expire(channelId, "overdue", Date.now());
          if (outcome === "stored") logger.warn({ channelId }, "expired by a sweep: its timer was lost, or is late");
        },
        onError: (channelId, error) => logger.warn({ channelId, error }, "overdue and not expired yet"),
        signal,
      });
    },
    onError: (error) => logger.warn({ error }, "the sweep for overdue channels will be made later"),
  });
}
