import { LockingScript, P2PKH, type PrivateKey, SatoshisPerKilobyte, Transaction, Utils } from "@bsv/sdk";
import { type FeeRate, hexToBytes, parseBeef } from "@p4/spv";
import { CliError } from "../cli-error.ts";
import type { Coin, Funding } from "./funding.ts";
import type { PaymentTerms } from "./payment-terms.ts";

export interface SignedTransaction {
  readonly txid: string;
  readonly rawTx: string;
  /** The transaction with all that proves its inputs. */
  readonly beef: string;
  readonly satoshis: bigint;
  /** At least the size of the transaction at the rate of the terms. */
  readonly feeSatoshis: bigint;
  readonly spent: readonly Coin[];
  readonly change: Omit<Coin, "key"> | null;
}

type Asked = Pick<PaymentTerms, "outputs" | "feeRate">;

/** Of an input that spends P2PKH: outpoint, sequence, signature and key. */
const inputBytes = 149;

/**
 * Funds the outputs at the fee rate of the terms, adds change, signs. Each coin makes the transaction longer: coins are
 * taken until they pay for themselves too. Throws a CliError: NO_COINS, FEE_RATE_INVALID, FEE_TOO_LOW.
 */
export async function signPayment(
  terms: Asked,
  funding: Pick<Funding, "coins" | "changeKey">,
): Promise<SignedTransaction> {
  const satoshis = sumOf(terms.outputs);
  const changeKey = funding.changeKey();
  const feeFor = feeModel(terms.feeRate);
  const alone = await feeFor(draft(terms, [], null));
  let needed = satoshis + alone + BigInt(Math.ceil((inputBytes * terms.feeRate.satoshis) / terms.feeRate.bytes));
  for (;;) {
    const coins = await funding.coins(needed);
    const surplus = sumOf(coins) - satoshis;
    if (surplus + satoshis < needed) {
      throw new CliError("failed", `coins of ${surplus + satoshis} satoshis, ${needed} are needed`, null, "NO_COINS");
    }
    const withChange = draft(terms, coins, changeKey);
    const fee = await feeFor(withChange);
    const change = surplus - fee;
    if (change > 0n) {
      const output = withChange.outputs.at(-1);
      if (output !== undefined) output.satoshis = Number(change);
      return sign(withChange, { terms, coins, change });
    }
    const withoutChange = draft(terms, coins, null);
    if (surplus >= (await feeFor(withoutChange))) return sign(withoutChange, { terms, coins, change: 0n });
    needed = satoshis + fee;
  }
}

/** `changeKey` null: without change. */
function draft({ outputs }: Asked, coins: readonly Coin[], changeKey: PrivateKey | null): Transaction {
  const transaction = new Transaction();
  for (const { satoshis, script } of outputs) {
    transaction.addOutput({ satoshis: Number(satoshis), lockingScript: LockingScript.fromHex(script) });
  }
  for (const coin of coins) transaction.addInput(inputOf(coin));
  if (changeKey !== null) {
    transaction.addOutput({ satoshis: 0, lockingScript: new P2PKH().lock(changeKey.toAddress()) });
  }
  return transaction;
}

/** What a transaction that is still to be signed owes, rounded up. */
function feeModel({ satoshis, bytes }: FeeRate): (transaction: Transaction) => Promise<bigint> {
  if (bytes < 1) {
    throw new CliError(
      "failed",
      `feeRate: ${satoshis} satoshis for ${bytes} bytes is no rate`,
      null,
      "FEE_RATE_INVALID",
    );
  }
  const model = new SatoshisPerKilobyte(Math.ceil((satoshis * 1000) / bytes));
  return async (transaction) => BigInt(await model.computeFee(transaction));
}

interface Drafted {
  readonly terms: Asked;
  readonly coins: readonly Coin[];
  readonly change: bigint;
}

/** Compares the fee with the size that came out: a payment below the rate would be refused, or never mined. */
async function sign(transaction: Transaction, { terms, coins, change }: Drafted): Promise<SignedTransaction> {
  await transaction.sign();
  const feeSatoshis = sumOf(coins) - sumOf(terms.outputs) - change;
  const size = BigInt(transaction.toBinary().length);
  const { satoshis: rate, bytes } = terms.feeRate;
  if (feeSatoshis * BigInt(bytes) < size * BigInt(rate)) {
    const problem = `the fee of ${feeSatoshis} satoshis is below ${rate} satoshis for ${bytes} bytes, of which it has ${size}`;
    throw new CliError("failed", problem, "Nothing was paid. Please report it.", "FEE_TOO_LOW");
  }
  const [txid, beef] = [transaction.id("hex"), transaction.toHexBEEF()];
  const vout = transaction.outputs.length - 1;
  return {
    txid,
    rawTx: transaction.toHex(),
    beef,
    satoshis: sumOf(terms.outputs),
    feeSatoshis,
    spent: coins,
    change: change === 0n ? null : { txid, vout, satoshis: change, beef },
  };
}

function sumOf(amounts: readonly { readonly satoshis: bigint }[]): bigint {
  return amounts.reduce((sum, { satoshis }) => sum + satoshis, 0n);
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
