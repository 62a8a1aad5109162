import type { Metrics } from "@p4/telemetry";

export interface PaydMetrics {
  readonly invoices: { inc(): void };
  readonly payments: { inc(labels: { outcome: "accepted" | "refused" | "failed" }): void };
  readonly proofs: { inc(labels: { outcome: string }): void };
  readonly broadcastSeconds: { startTimer(): () => void };
}

export function createPaydMetrics(metrics: Metrics, channelCount: () => number): PaydMetrics {
  metrics.observe("payd_channels", "Channels that the wallet is in", channelCount);
  return {
    invoices: metrics.counter("payd_invoices_total", "Invoices created"),
    payments: metrics.counter("payd_payments_total", "Payments by what was answered", ["outcome"]),
    proofs: metrics.counter("payd_proofs_total", "Proof and double spend callbacks by what became of them", [
      "outcome",
    ]),
    broadcastSeconds: metrics.histogram(
      "payd_broadcast_seconds",
      "Time until the miner's final word, retries included",
    ),
  };
}
