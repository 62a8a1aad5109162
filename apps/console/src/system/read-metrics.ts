/** What one look at the metrics says: totals since the start, and levels now. */
export interface MetricsReading {
  readonly atMs: number;
  readonly connections: number;
  readonly channels: number;
  readonly backlog: number;
  readonly loopLagMs: number;
  readonly heldBytes: number;
  readonly received: number;
  readonly delivered: number;
  readonly refused: number;
  /** Cumulative histogram of the time from a frame's arrival until it is stored. */
  readonly storedWithin: readonly (readonly [seconds: number, count: number])[];
}

/** Reads the page that Prometheus scrapes; what is not on it counts as 0. */
export function readMetrics(text: string, atMs: number): MetricsReading {
  const sums = new Map<string, number>();
  const storedWithin: (readonly [number, number])[] = [];
  for (const [, name = "", labels = "", value = ""] of text.matchAll(/^(p4_edge_\w+)(?:\{([^}\n]*)\})? (\S+)$/gm)) {
    if (name === "p4_edge_store_seconds_bucket") {
      const limit = /le="([^"]+)"/.exec(labels)?.[1] ?? "+Inf";
      storedWithin.push([limit === "+Inf" ? Infinity : Number(limit), Number(value)]);
    } else sums.set(name, (sums.get(name) ?? 0) + Number(value));
  }
  const of = (name: string): number => sums.get(`p4_edge_${name}`) ?? 0;
  return {
    atMs,
    connections: of("connections"),
    channels: of("channels"),
    backlog: of("store_backlog"),
    loopLagMs: of("loop_lag_seconds") * 1_000,
    heldBytes: of("held_bytes"),
    received: of("frames_received_total"),
    delivered: of("frames_delivered_total"),
    refused: of("frames_refused_total"),
    storedWithin,
  };
}
