import type { Metrics } from "@p4/telemetry";

/** Counts callbacks by what became of them: `stored`, or the code of the refusal. Both come from closed tables. */
export function callbackCounter(metrics: Metrics): (refusal: string | null) => void {
  const callbacks = metrics.counter("proof_callbacks_total", "Miners' callbacks by outcome", ["outcome"]);
  return (refusal) => callbacks.inc({ outcome: refusal ?? "stored" });
}
