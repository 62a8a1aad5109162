import { buildVersion } from "./build-version.ts";
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
  /** The same for one gauge for each value of a label. */
  observeBy(name: string, help: string, label: string, read: () => ReadonlyMap<string, number>): void;
  /** A count that is kept elsewhere and only grows, read when scraped; the name ends in `_total`. */
  count(name: string, help: string, read: () => number): void;
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
  // Gauges under names of counters; the same figures are in those without `_total`, by kind.
  for (const kind of ["handles", "requests", "resources"]) registry.removeSingleMetric(`nodejs_active_${kind}_total`);
  const registers = [registry];
  const labels = { version: buildVersion, node: process.versions.node };
  const labelNames = Object.keys(labels);
  new Gauge({ name: "p4_build_info", help: "1, with what runs", labelNames, registers }).set(labels, 1);
  return {
    counter: (name, help, labels = []) => new Counter({ name: `p4_${name}`, help, labelNames: labels, registers }),
    gauge: (name, help, labels = []) => new Gauge({ name: `p4_${name}`, help, labelNames: labels, registers }),
    observe(name, help, read) {
      const gauge: Gauge = new Gauge({ name: `p4_${name}`, help, registers, collect: () => gauge.set(read()) });
    },
    observeBy(name, help, label, read) {
      const gauge = new Gauge({
        name: `p4_${name}`,
        help,
        labelNames: [label],
        registers,
        collect() {
          gauge.reset();
          for (const [value, count] of read()) gauge.set({ [label]: value }, count);
        },
      });
    },
    count(name, help, read) {
      const counter: Counter = new Counter({
        name: `p4_${name}`,
        help,
        registers,
        collect() {
          counter.reset();
          counter.inc(read());
        },
      });
    },
    histogram: (name, help, labels = [], buckets = durationBucketsSeconds) =>
      new Histogram({ name: `p4_${name}`, help, labelNames: labels, buckets: [...buckets], registers }),
    expose: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}
