import { receiptWaits } from "../checker/receipt-waits.ts";
import { waitsOf, type Waits } from "../checker/waits.ts";
import type { WalletRecord } from "../wallets/wallet-record.ts";

export interface HonestWaits {
  /** From an honest wallet's message to its receipt. */
  readonly receiptMs: Waits;
  /** From a payment's beginning, joining included, until both wallets are done with it. */
  readonly paymentMs: Waits;
}

export function honestWaits(records: readonly WalletRecord[]): HonestWaits {
  const startedAtMs = new Map<string, number>();
  const payments: number[] = [];
  for (const record of records) {
    if (record.kind !== "flow") continue;
    const { channelId, step, detail, atMs } = record;
    if (step === "started") startedAtMs.set(channelId, atMs);
    if (step === "finished" && detail === "done") payments.push(atMs - (startedAtMs.get(channelId) ?? atMs));
  }
  return { receiptMs: waitsOf(receiptWaits(records).map(({ waitedMs }) => waitedMs)), paymentMs: waitsOf(payments) };
}
