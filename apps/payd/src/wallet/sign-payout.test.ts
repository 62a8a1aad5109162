import { HD, P2PKH, Transaction } from "@bsv/sdk";
import { describe, expect, test } from "vitest";
import type { WalletCoin } from "./coin.ts";
import { selectAll, selectCoins } from "./select-coins.ts";
import { signPayout } from "./sign-payout.ts";

const master = HD.fromRandom();
const script = new P2PKH().lock(master.pubKey.toHash()).toHex();
const rate = { satoshis: 500, bytes: 1000 };
const coinsOf = (count: number, satoshis: number, isProved = true): WalletCoin[] =>
  Array.from({ length: count }, (_, i) => {
    return { txid: (i + 1).toString(16).padStart(64, "0"), vout: i, satoshis, key: { chain: 0, index: i }, isProved };
  });
const paid = { satoshis: 1_000, scriptBytes: 25 };

describe("a payout", () => {
  test.each([
    { count: 15, satoshis: 400, rate },
    { count: 30, satoshis: 120, rate },
    { count: 300, satoshis: 30, rate: { satoshis: 150, bytes: 1000 } },
    { count: 3, satoshis: 5_000, rate: { satoshis: 1, bytes: 1000 } },
  ])("of $count coins of $satoshis reaches the fee of the rate", async ({ count, satoshis, rate: asked }) => {
    const selected = selectCoins(coinsOf(count, satoshis), paid, asked);
    expect(selected).not.toBeNull();
    const { coins, feeSatoshis, changeSatoshis } = selected as NonNullable<typeof selected>;
    expect(coins.length * satoshis).toBe(1_000 + feeSatoshis + changeSatoshis);
    const change = changeSatoshis === 0 ? null : { satoshis: changeSatoshis, key: { chain: 1, index: 0 } as const };
    const { rawTx } = await signPayout(master, { coins, satoshis: 1_000, script, feeSatoshis, change, rate: asked });
    const { length } = Transaction.fromHex(rawTx).toBinary();
    expect(feeSatoshis * asked.bytes).toBeGreaterThanOrEqual(length * asked.satoshis);
    // And not much above it.
    expect(feeSatoshis).toBeLessThanOrEqual(Math.ceil((length * asked.satoshis * 1.1) / asked.bytes) + 40);
  });

  test("takes proved coins first, and none that costs more than it brings", () => {
    const [dust, fresh, proved] = [coinsOf(40, 74), coinsOf(1, 9_000, false), coinsOf(1, 2_000)];
    expect(selectCoins([...dust, ...fresh, ...proved], paid, rate)?.coins).toEqual(proved);
    expect(selectCoins([...dust, ...fresh], paid, rate)?.coins).toEqual(fresh);
    expect(selectCoins(dust, { ...paid, satoshis: 100 }, rate)).toBeNull();
    expect(selectAll(dust, 25, rate)).toBeNull();
  });

  test("of all coins leaves nothing behind, and takes at most 500 at once", () => {
    const coins = coinsOf(501, 1_000);
    const all = selectAll(coins, 25, rate);
    expect(all?.coins).toHaveLength(500);
    expect((all?.satoshis ?? 0) + (all?.feeSatoshis ?? 0)).toBe(500_000);
    expect(selectCoins(coins, { ...paid, satoshis: 499_000 }, rate)).toBeNull();
  });

  test("takes the largest coins where those with a proof are too many and too small", () => {
    const [many, large] = [coinsOf(600, 1_000), coinsOf(1, 700_000, false)];
    expect(selectCoins([...many, ...large], { ...paid, satoshis: 600_000 }, rate)?.coins).toEqual(large);
  });

  test("takes coins of a payout that was refused last, and sweeps them only where there are no others", () => {
    const refused = coinsOf(1, 90_000).map((coin) => ({ ...coin, wasRefused: true }));
    const sound = coinsOf(2, 5_000, false);
    expect(selectCoins([...refused, ...sound], paid, rate)?.coins).toEqual(sound.slice(0, 1));
    expect(selectAll([...refused, ...sound], 25, rate)?.coins).toEqual(sound);
    expect(selectAll(refused, 25, rate)?.coins).toEqual(refused);
    expect(selectCoins([...refused, ...sound], { ...paid, satoshis: 50_000 }, rate)?.coins).toContainEqual(refused[0]);
  });

  test("with a fee below the rate is not signed", async () => {
    const draft = { coins: coinsOf(2, 1_000), satoshis: 1_900, script, feeSatoshis: 100, change: null, rate };
    await expect(signPayout(master, draft)).rejects.toThrow("below 500 for 1000 bytes");
  });
});
