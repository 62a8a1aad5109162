import { LockingScript, P2PKH, Transaction, type HD } from "@bsv/sdk";
import type { FeeRate } from "@p4/spv";
import type { KeyPlace, WalletCoin } from "./coin.ts";

export interface PayoutDraft {
  readonly coins: readonly WalletCoin[];
  readonly satoshis: number;
  /** Hex. */
  readonly script: string;
  readonly feeSatoshis: number;
  readonly change: { readonly satoshis: number; readonly key: KeyPlace } | null;
  readonly rate: FeeRate;
}

/** Account 0 of Bitcoin SV in BIP44. */
const accountPath = "m/44'/236'/0'";

/** Signs with the keys of the coins. Throws where the fee came out below the rate: such a transaction would never be mined. */
export async function signPayout(
  master: HD,
  draft: PayoutDraft,
): Promise<{ readonly txid: string; readonly rawTx: string }> {
  const { coins, satoshis, script, feeSatoshis, change, rate } = draft;
  const account = master.derive(accountPath);
  const keyAt = ({ chain, index }: KeyPlace) => account.deriveChild(chain).deriveChild(index).privKey;
  const transaction = new Transaction();
  for (const coin of coins) {
    const key = keyAt(coin.key);
    const spent = new P2PKH().lock(key.toPublicKey().toHash());
    transaction.addInput({
      sourceTXID: coin.txid,
      sourceOutputIndex: coin.vout,
      sequence: 0xffff_ffff,
      unlockingScriptTemplate: new P2PKH().unlock(key, "all", false, coin.satoshis, spent),
    });
  }
  transaction.addOutput({ lockingScript: LockingScript.fromHex(script), satoshis });
  if (change !== null) {
    const lockingScript = new P2PKH().lock(keyAt(change.key).toPublicKey().toHash());
    transaction.addOutput({ lockingScript, satoshis: change.satoshis });
  }
  await transaction.sign();
  const size = transaction.toBinary().length;
  if (feeSatoshis * rate.bytes < size * rate.satoshis) {
    throw new Error(`the fee of ${feeSatoshis} satoshis is below ${rate.satoshis} for ${rate.bytes} bytes of ${size}`);
  }
  return { txid: transaction.id("hex"), rawTx: transaction.toHex() };
}
