import type { Blockchain, MinedPosition } from "../chain/blockchain.ts";

/** What the miner knows about a transaction. */
export type TransactionStatus =
  | { readonly kind: "unknown" }
  | { readonly kind: "mempool"; readonly competingTxids: readonly string[] }
  | { readonly kind: "mined"; readonly position: MinedPosition }
  | { readonly kind: "evicted"; readonly competingTxids: readonly string[] };

/** Remembers what the chain itself forgets: attempts at a double spend, and what lost against one. */
export class TransactionHistory {
  readonly #competing = new Map<string, readonly string[]>();

  recordCompetitors(txid: string, competitors: readonly string[]): void {
    this.#competing.set(txid, [...new Set([...(this.#competing.get(txid) ?? []), ...competitors])]);
  }

  statusOf(txid: string, chain: Blockchain): TransactionStatus {
    const position = chain.minedPosition(txid);
    if (position !== undefined) return { kind: "mined", position };
    const competingTxids = this.#competing.get(txid);
    if (chain.mempool.get(txid) !== undefined) return { kind: "mempool", competingTxids: competingTxids ?? [] };
    return competingTxids === undefined ? { kind: "unknown" } : { kind: "evicted", competingTxids };
  }
}
