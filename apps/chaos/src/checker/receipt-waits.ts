import type { WalletRecord } from "../wallets/wallet-record.ts";

export interface ReceiptWait {
  readonly session: string;
  /** When the message was first written. */
  readonly sentAtMs: number;
  readonly waitedMs: number;
}

/** From the first writing of each message to its receipt, also across connections: a repetition keeps its id. */
export function receiptWaits(records: readonly WalletRecord[]): ReceiptWait[] {
  const sessionOf = new Map<string, string>();
  const firstSent = new Map<string, number>();
  const waits: ReceiptWait[] = [];
  for (const record of records) {
    if (record.kind === "connection") sessionOf.set(record.connection, record.session);
    if (record.kind === "sent") {
      const id = `${sessionOf.get(record.connection) ?? ""} ${record.messageId}`;
      if (!firstSent.has(id)) firstSent.set(id, record.atMs);
    }
    if (record.kind === "frame" && record.key === "receipt") {
      const session = sessionOf.get(record.connection) ?? "";
      const id = `${session} ${record.correlationId}`;
      const sentAtMs = firstSent.get(id);
      if (sentAtMs !== undefined) waits.push({ session, sentAtMs, waitedMs: record.atMs - sentAtMs });
      firstSent.delete(id);
    }
  }
  return waits;
}
