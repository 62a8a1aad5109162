import type { ChainBlock } from "../chain/block.ts";
import type { ChainChange, MinedPosition } from "../chain/blockchain.ts";
import type { ChainTransaction } from "../chain/transaction.ts";

/** Something that a wallet may have asked to be told about one transaction. */
export type Notice =
  | { readonly kind: "seen"; readonly txid: string }
  | { readonly kind: "mined"; readonly txid: string; readonly position: MinedPosition }
  | { readonly kind: "unmined"; readonly txid: string; readonly staleBlock: ChainBlock }
  | { readonly kind: "doubleSpendAttempt"; readonly txid: string; readonly conflict: ChainTransaction }
  | {
      readonly kind: "doubleSpend";
      readonly txid: string;
      readonly conflict: ChainTransaction;
      /** The block that holds the conflicting transaction. */
      readonly block: ChainBlock;
    };

/** All notices that follow from a change of the active chain, in the order in which wallets should hear them. */
export function noticesOf(change: ChainChange): Notice[] {
  const notices: Notice[] = [];
  const blockByTxid = new Map<string, ChainBlock>();
  for (const block of change.connected) {
    block.transactions.forEach(({ txid }, index) => {
      blockByTxid.set(txid, block);
      notices.push({ kind: "mined", txid, position: { block, index } });
    });
  }
  for (const staleBlock of change.disconnected) {
    for (const { txid } of staleBlock.transactions) {
      if (!blockByTxid.has(txid)) notices.push({ kind: "unmined", txid, staleBlock });
    }
  }
  for (const { transaction, conflict } of change.evicted) {
    const block = conflict && blockByTxid.get(conflict.txid);
    if (conflict && block) notices.push({ kind: "doubleSpend", txid: transaction.txid, conflict, block });
  }
  return notices;
}
