import { P2PKH, PrivateKey, Transaction } from "@bsv/sdk";

import { decodeTransaction } from "../routes/decode-submission.ts";
import type { ChainTransaction } from "../chain/transaction.ts";

const key = PrivateKey.fromHex("11".repeat(32));
const lock = new P2PKH().lock(key.toAddress());

/** The wallet that the tests pay from and to. */
export const walletScript: Uint8Array = Uint8Array.from(lock.toBinary());
export const walletScriptHex: string = lock.toHex();

export interface SpendableCoin {
  readonly txid: string;
  readonly vout: number;
  readonly satoshis: number;
}

/** Spends the wallet's coin to the wallet. Different `outputs` make different transactions that conflict. */
export async function spend(coin: SpendableCoin, outputs: readonly number[], lockTime = 0): Promise<ChainTransaction> {
  const transaction = new Transaction();
  transaction.lockTime = lockTime;
  transaction.addInput({
    sourceTXID: coin.txid,
    sourceOutputIndex: coin.vout,
    sequence: lockTime === 0 ? 0xffffffff : 0,
    unlockingScriptTemplate: new P2PKH().unlock(key, "all", false, coin.satoshis, lock),
  });
  for (const satoshis of outputs) transaction.addOutput({ lockingScript: lock, satoshis });
  await transaction.sign();
  return decodeTransaction(Uint8Array.from(transaction.toBinary()));
}

export function rawHex(transaction: ChainTransaction): string {
  return Buffer.from(transaction.bytes).toString("hex");
}
