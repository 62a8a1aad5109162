import type { SystemSample } from "../views/views.ts";
import type { MetricsReading } from "./read-metrics.ts";

/** An hour. */
const maxSamples = 720;
export const sampleEveryMs = 5_000;

/** What the metrics said over the last hour, as rates and latencies of each step. Some hundred kilobytes. */
export class MetricsHistory {
  #last: MetricsReading | null = null;
  #samples: SystemSample[] = [];

  get samples(): readonly SystemSample[] {
    return this.#samples;
  }

  add(reading: MetricsReading): void {
    if (this.#last !== null) this.#samples = [...this.#samples, sampleOf(this.#last, reading)].slice(-maxSamples);
    this.#last = reading;
  }
}

function sampleOf(before: MetricsReading, now: MetricsReading): SystemSample {
  const seconds = Math.max(0.001, (now.atMs - before.atMs) / 1_000);
  const rate = (name: "received" | "delivered" | "refused"): number => Math.max(0, now[name] - before[name]) / seconds;
  const { atMs, connections, channels, backlog, loopLagMs, heldBytes } = now;
  return {
    ...{ atMs, connections, channels, backlog, loopLagMs, heldBytes },
    received: rate("received"),
    delivered: rate("delivered"),
    refused: rate("refused"),
    storeP50Ms: quantile(before, now, 0.5),
    storeP95Ms: quantile(before, now, 0.95),
  };
}

/** By the bounds of the buckets, in ms; null: nothing was stored in this step. */
function quantile(before: MetricsReading, now: MetricsReading, share: number): number | null {
  const counts = now.storedWithin.map(
    ([limit, count], i) => [limit, count - (before.storedWithin[i]?.[1] ?? 0)] as const,
  );
  const total = counts.at(-1)?.[1] ?? 0;
  if (total <= 0) return null;
  let [lower, below] = [0, 0];
  for (const [limit, count] of counts) {
    if (count >= share * total) {
      if (limit === Infinity) return lower * 1_000;
      const within = count === below ? 1 : (share * total - below) / (count - below);
      return (lower + (limit - lower) * within) * 1_000;
    }
    [lower, below] = [limit, count];
  }
  return null;
}
