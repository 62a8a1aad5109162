import { PrivateKey } from "@bsv/sdk";
import { nodeCrypto } from "@p4/node-crypto";
import { parseTransactionHex } from "@p4/spv";
import { expect, describe, it } from "vitest";
import { CliError } from "../cli-error.ts";
import { minedCoin } from "../test-support/test-chain.ts";
import type { Funding } from "./funding.ts";
import { signPayment, type SignedTransaction } from "./sign-payment.ts";

const script = `76a914${"33".repeat(20)}88ac`;
const feeRate = { satoshis: 500, bytes: 1000 };
const key = PrivateKey.fromHex("11".repeat(32));

type Coins = Pick<Funding, "coins" | "changeKey">;

/** A wallet of `count` equal coins, which gives no more than it is asked for. */
function walletOf(count: number, satoshis: number): Coins {
  const coins = Array.from({ length: count }, () => minedCoin(key, satoshis));
  return {
    coins: async (needed) => {
      const enough = coins.slice(0, Math.ceil(Number(needed) / satoshis));
      if (BigInt(enough.length * satoshis) < needed) throw new CliError("failed", "too few", null, "NO_COINS");
      return enough;
    },
    changeKey: () => key,
  };
}

const pay = (satoshis: bigint, funding: Coins, rate = feeRate): Promise<SignedTransaction> =>
  signPayment({ outputs: [{ satoshis, script }], feeRate: rate }, funding);

/** What the transaction itself says, not what is told of it. */
function check({ rawTx, feeSatoshis, spent, change }: SignedTransaction, rate = feeRate): void {
  const { bytes, outputs, inputs } = parseTransactionHex(rawTx, nodeCrypto);
  const paid = outputs.reduce((sum, output) => sum + output.satoshis, 0n);
  const fee = spent.reduce((sum, coin) => sum + coin.satoshis, 0n) - paid;
  expect(fee).toBe(feeSatoshis);
  expect(Number(fee) * rate.bytes).toBeGreaterThanOrEqual(bytes.length * rate.satoshis);
  expect(inputs).toHaveLength(spent.length);
  expect(outputs[change?.vout ?? outputs.length]?.satoshis).toBe(change?.satoshis);
  // Change is given, but for what is not worth an output of its own.
  const changeCost = Math.ceil((36 * rate.satoshis) / rate.bytes) + 1;
  const spare = Number(fee) - Math.ceil((bytes.length * rate.satoshis) / rate.bytes);
  expect(spare).toBeLessThanOrEqual(inputs.length * 2 + (change === null ? changeCost : 1));
}

describe("the fee of a payment", () => {
  it("is paid at the rate of the terms by many small coins: more of them are taken", async () => {
    const signed = await pay(5_000n, walletOf(40, 400));
    check(signed);
    expect(signed.spent.length).toBeGreaterThan(15);
  });

  it("is never below the rate, whatever the coins are worth", async () => {
    for (const satoshis of [150, 400, 1_090, 1_096, 1_097, 1_113, 1_114, 5_000]) {
      for (const amount of [1n, 1_000n]) {
        const count = Math.ceil((Number(amount) + 150) / Math.max(1, satoshis - 75)) + 2;
        check(await pay(amount, walletOf(count, satoshis)));
      }
    }
  });

  it.each([
    { satoshis: 1, bytes: 1000 },
    { satoshis: 50, bytes: 1000 },
    { satoshis: 1, bytes: 1 },
    { satoshis: 3, bytes: 7 },
    { satoshis: 0, bytes: 1000 },
  ])("is that of the rate $satoshis/$bytes", async (rate) => {
    check(await pay(1_000n, walletOf(5, 2_500), rate), rate);
  });

  it("takes no more than it has to: coins that are just enough are enough, without change", async () => {
    const exact = await pay(1_000n, walletOf(1, 1_097));
    check(exact);
    expect([exact.spent.length, exact.change]).toEqual([1, null]);
  });

  it("refuses when the coins do not reach for it, and a rate that is none", async () => {
    await expect(pay(5_000n, walletOf(15, 400))).rejects.toMatchObject({ code: "NO_COINS" });
    // Coins that do not pay for their own bytes never reach.
    await expect(pay(1_000n, walletOf(50, 60))).rejects.toMatchObject({ code: "NO_COINS" });
    const rate = { satoshis: 1, bytes: 0 };
    await expect(pay(1n, walletOf(1, 1_000), rate)).rejects.toMatchObject({ code: "FEE_RATE_INVALID" });
  });

  it("refuses coins that are fewer than asked for", async () => {
    const stingy = { ...walletOf(1, 500), coins: async () => [minedCoin(key, 500)] };
    await expect(pay(1_000n, stingy)).rejects.toMatchObject({ code: "NO_COINS" });
  });
});
