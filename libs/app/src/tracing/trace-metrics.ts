import type { Metrics } from "@p4/telemetry";
import type { ChannelTracing } from "./channel-tracing.ts";

/** Traces are lost without a word to wallets; this is the word to operators. */
export function traceMetrics(metrics: Metrics, tracing: ChannelTracing): void {
  metrics.count("trace_spans_dropped_total", "Spans that their collector did not take", () => tracing.dropped);
}
