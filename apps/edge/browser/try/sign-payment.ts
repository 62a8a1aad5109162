import { LockingScript, P2PKH, PrivateKey, SatoshisPerKilobyte, Transaction } from "@bsv/sdk";
import type { DppPaymentRequest } from "@p4/protocol";
import { postJson } from "./post-json.ts";

export interface SignedPayment {
  readonly txid: string;
  readonly feeSatoshis: number;
  /** The body of `payment`. */
  readonly body: object;
}

interface Coins {
  readonly txid: string;
  readonly vout: number;
  readonly beef: string;
}

/** Beside what is asked for: pays the fee, and leaves some change. */
const spareSatoshis = 1_000;

/** BIP270 has a text here; a DPP merchant's object comes back with the payment. */
export function merchantDataOf({ merchantData }: DppPaymentRequest): { name?: unknown; extendedData?: object } {
  return typeof merchantData === "object" && merchantData !== null ? (merchantData as object) : {};
}

export function sumOf({ destinations }: DppPaymentRequest): number {
  return (destinations?.outputs ?? []).reduce((sum, { amount }) => sum + Number(amount), 0);
}

/** Takes coins of the little chain to a key of this page, and signs a transaction that pays the request with them. */
export async function signPayment(request: DppPaymentRequest, channelId: string): Promise<SignedPayment> {
  const key = PrivateKey.fromRandom();
  const address = key.toAddress();
  const coins = await postJson<Coins>("/try/coins", { address, satoshis: sumOf(request) + spareSatoshis });
  const transaction = new Transaction();
  transaction.addInput({
    sourceTransaction: Transaction.fromHexBEEF(coins.beef, coins.txid),
    sourceOutputIndex: coins.vout,
    unlockingScriptTemplate: new P2PKH().unlock(key),
  });
  for (const { amount, script } of request.destinations?.outputs ?? []) {
    transaction.addOutput({ satoshis: Number(amount), lockingScript: LockingScript.fromHex(script) });
  }
  transaction.addOutput({ change: true, lockingScript: new P2PKH().lock(address) });
  const rate = request.fees?.standard?.miningFee ?? { satoshis: 50, bytes: 1_000 };
  await transaction.fee(new SatoshisPerKilobyte(Math.ceil((rate.satoshis * 1_000) / rate.bytes)));
  await transaction.sign();
  const given = merchantDataOf(request);
  return {
    txid: transaction.id("hex"),
    feeSatoshis: transaction.getFee(),
    body: {
      rawTx: transaction.toHex(),
      ancestry: transaction.toHexBEEF(),
      merchantData: { ...given, extendedData: { paymentReference: channelId, ...given.extendedData } },
      refundTo: address,
      memo: "paid with the test wallet",
    },
  };
}
