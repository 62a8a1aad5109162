import { quantile } from "../checker/quantile.ts";
import { receiptWaits } from "../checker/receipt-waits.ts";
import type { WalletRecord } from "../wallets/wallet-record.ts";

/** Milliseconds. */
export interface Waits {
  readonly count: number;
  readonly median: number;
  readonly p99: number;
  readonly longest: number;
}

export interface HonestWaits {
  /** From an honest wallet's message to its receipt. */
  readonly receiptMs: Waits;
  /** From a payment's beginning, joining included, until both wallets are done with it. */
  readonly paymentMs: Waits;
}

export function waitsOf(records: readonly WalletRecord[]): HonestWaits {
  const startedAtMs = new Map<string, number>();
  const payments: number[] = [];
  for (const record of records) {
    if (record.kind !== "flow") continue;
    const { channelId, step, detail, atMs } = record;
    if (step === "started") startedAtMs.set(channelId, atMs);
    if (step === "finished" && detail === "done") payments.push(atMs - (startedAtMs.get(channelId) ?? atMs));
  }
  return { receiptMs: summary(receiptWaits(records).map(({ waitedMs }) => waitedMs)), paymentMs: summary(payments) };
}

function summary(waits: number[]): Waits {
  const sorted = waits.sort((left, right) => left - right);
  const [median, p99, longest] = [quantile(sorted, 0.5), quantile(sorted, 0.99), quantile(sorted, 1)];
  return { count: sorted.length, median, p99, longest };
}
