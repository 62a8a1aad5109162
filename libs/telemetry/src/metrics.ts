import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

/** Bucket bounds for a duration in seconds, from a quarter of a millisecond to ten seconds. */
export const durationBucketsSeconds = [
  0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];

/** One app's metrics. Names are completed to `p4_<name>`; label values must come from small closed sets, never from peers. */
export interface Metrics {
  counter<Label extends string = never>(name: string, help: string, labels?: readonly Label[]): Counter<Label>;
  gauge<Label extends string = never>(name: string, help: string, labels?: readonly Label[]): Gauge<Label>;
  /** A gauge that is read when scraped: no bookkeeping in the hot path. */
  observe(name: string, help: string, read: () => number): void;
  /** A duration in seconds; the name ends in `_seconds`. */
  histogram<Label extends string = never>(
    name: string,
    help: string,
    labels?: readonly Label[],
    buckets?: readonly number[],
  ): Histogram<Label>;
  /** The page that Prometheus scrapes. */
  expose(): Promise<{ contentType: string; text: string }>;
}

/** A registry of its own per call, so several apps can live in one process. Includes the process's CPU, memory and event loop. */
export function createMetrics(app: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ app });
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    counter: (name, help, labels = []) => new Counter({ name: `p4_${name}`, help, labelNames: labels, registers }),
    gauge: (name, help, labels = []) => new Gauge({ name: `p4_${name}`, help, labelNames: labels, registers }),
    observe(name, help, read) {
      const gauge: Gauge = new Gauge({ name: `p4_${name}`, help, registers, collect: () => gauge.set(read()) });
    },
    histogram: (name, help, labels = [], buckets = durationBucketsSeconds) =>
      new Histogram({ name: `p4_${name}`, help, labelNames: labels, buckets: [...buckets], registers }),
    expose: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}
