import { randomBytes } from "node:crypto";

const hex = (): string => randomBytes(32).toString("hex");
const timestamp = "2026-01-01T00:00:00Z";

/** A batch of notices of one transaction, each of another rival. */
export function notices(txid: string, count: number): string {
  return batchOf(count, () => ({ txid, txStatus: "DOUBLE_SPEND_ATTEMPTED", timestamp, competingTxs: [hex()] }));
}

/** A batch of statuses of transactions that no channel knows. */
export function statusesOfUnknown(count: number): string {
  return batchOf(count, () => ({ txid: hex(), txStatus: "SEEN_ON_NETWORK", timestamp }));
}

/** A status without a proof. */
export function status(txid: string): string {
  return JSON.stringify({ txid, txStatus: "SEEN_ON_NETWORK", timestamp });
}

/** A well-formed merkle path (BRC-74) of a block of two transactions that was never mined. */
export function forgedProof(txid: string, blockHeight: number): string {
  const height = Buffer.from([0xfe, 0, 0, 0, 0]);
  height.writeUInt32LE(blockHeight, 1);
  const leaf = Buffer.concat([Buffer.from([0, 2]), Buffer.from(txid, "hex").reverse()]);
  const sibling = Buffer.concat([Buffer.from([1, 0]), randomBytes(32)]);
  const merklePath = Buffer.concat([height, Buffer.from([1, 2]), leaf, sibling]).toString("hex");
  return JSON.stringify({ txid, txStatus: "MINED", timestamp, blockHash: hex(), blockHeight, merklePath });
}

function batchOf(count: number, one: () => object): string {
  return JSON.stringify({ count, callbacks: Array.from({ length: count }, one) });
}
