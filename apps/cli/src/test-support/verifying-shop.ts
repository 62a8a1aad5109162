import type { MerchantSession } from "@p4/client";
import type { TestDouble } from "@p4/client/testing";
import { sdkCrypto, type VerifiedPayment, verifyPayment } from "@p4/spv";
import { headersWith } from "./test-chain.ts";

const script = `76a914${"33".repeat(20)}88ac`;
const feeRate = { satoshis: 50, bytes: 1000 };
/** 1,000 satoshis for shoes. */
export const shoeTerms = {
  network: "mainnet",
  destinations: {
    outputs: [
      { amount: 700, script },
      { amount: 300, script },
    ],
  },
  ancestryRequired: true,
  fees: { standard: { miningFee: feeRate, relayFee: feeRate } },
  memo: "shoes",
  merchantData: { name: "Shop" },
};

export interface VerifyingShop {
  readonly double: TestDouble;
  /** On channel `inv1`. */
  readonly shop: MerchantSession;
  /** What it has accepted. */
  readonly payments: VerifiedPayment[];
}

/** The merchant's own check of the whole payment, ancestry included; then the proof. */
export function acceptVerified(
  { double, shop, payments }: VerifyingShop,
  coinTxids: readonly string[],
  prove: (txid: string) => string | null,
): void {
  shop.onPayment(async ({ bodyText }) => {
    const verified = await verifyPayment(bodyText ?? "", {
      outputs: shoeTerms.destinations.outputs.map(({ amount }) => ({ script, satoshis: BigInt(amount) })),
      feeRate,
      ancestryRequired: true,
      headers: headersWith(...coinTxids),
      crypto: sdkCrypto,
    });
    payments.push(verified);
    const { txid } = verified.transaction;
    const proof = prove(txid);
    if (proof !== null) queueMicrotask(() => double.prove("inv1", txid, proof));
    return { memo: "thanks" };
  });
}
