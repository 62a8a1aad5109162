import { P2PKH, SatoshisPerKilobyte, Transaction, LockingScript, Utils } from "@bsv/sdk";
import { hexToBytes, parseBeef } from "@p4/spv";
import { CliError } from "../cli-error.ts";
import type { Coin, Funding } from "./funding.ts";
import type { PaymentTerms } from "./payment-terms.ts";

export interface SignedTransaction {
  readonly txid: string;
  readonly rawTx: string;
  /** The transaction with all that proves its inputs. */
  readonly beef: string;
  readonly satoshis: bigint;
  readonly feeSatoshis: bigint;
  readonly spent: readonly Coin[];
  readonly change: Omit<Coin, "key"> | null;
}

/** Beyond the outputs: fees of a transaction with a few inputs, and change that is worth having. */
const reserveSatoshis = 1_000n;

/** Funds the outputs, adds change, signs. */
export async function signPayment(
  terms: Pick<PaymentTerms, "outputs" | "feeRate">,
  funding: Funding,
): Promise<SignedTransaction> {
  const satoshis = terms.outputs.reduce((sum, output) => sum + output.satoshis, 0n);
  const coins = await funding.coins(satoshis + reserveSatoshis);
  const transaction = new Transaction();
  for (const { satoshis: amount, script } of terms.outputs) {
    transaction.addOutput({ satoshis: Number(amount), lockingScript: LockingScript.fromHex(script) });
  }
  for (const coin of coins) transaction.addInput(inputOf(coin));
  const changeKey = funding.changeKey();
  transaction.addOutput({ lockingScript: new P2PKH().lock(changeKey.toAddress()), change: true });
  const { satoshis: rate, bytes } = terms.feeRate;
  await transaction.fee(new SatoshisPerKilobyte(Math.ceil((rate * 1000) / bytes)));
  await transaction.sign();

  const txid = transaction.id("hex");
  const beef = transaction.toHexBEEF();
  const changeIndex = transaction.outputs.findIndex(({ change }) => change === true);
  const change = BigInt(transaction.outputs[changeIndex]?.satoshis ?? 0);
  return {
    txid,
    rawTx: transaction.toHex(),
    beef,
    satoshis,
    feeSatoshis: BigInt(transaction.getFee()),
    spent: coins,
    change: change === 0n ? null : { txid, vout: changeIndex, satoshis: change, beef },
  };
}

function inputOf({ txid, vout, satoshis, beef, key }: Coin) {
  const bytes = hexToBytes(beef, "beef");
  // The sdk's own parser has no bounds: a BEEF of a stranger is checked for structure first.
  parseBeef(bytes);
  const sourceTransaction = Transaction.fromBEEF(Utils.toArray(beef, "hex"), txid);
  const output = sourceTransaction.outputs[vout];
  if (output?.satoshis === undefined || BigInt(output.satoshis) !== satoshis) {
    throw new CliError("failed", `coin ${txid}:${vout} is not worth ${satoshis} satoshis in its own transaction`);
  }
  return {
    sourceTransaction,
    sourceOutputIndex: vout,
    unlockingScriptTemplate: new P2PKH().unlock(key),
  };
}
