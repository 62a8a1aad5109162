import { spawnSync } from "node:child_process";
import { lstat, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { minedCoin } from "../test-support/test-chain.ts";
import { withFileLock } from "./file-lock.ts";
import type { SignedPayment } from "./funding.ts";
import { WalletFile } from "./wallet-file.ts";

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "p4-wallet-"));
  path = join(folder, "w.json");
  const wallet = await WalletFile.create(path);
  for (const satoshis of [3_000, 5_000]) await wallet.add(minedCoin(wallet.changeKey(), satoshis));
});
afterEach(() => rm(folder, { recursive: true }));

/** Spends coins of this wallet; 100 satoshis come back as change. */
async function paymentOn(channelId: string, wallet: WalletFile, satoshis: bigint): Promise<SignedPayment> {
  const spent = await wallet.coins(satoshis);
  const change = { txid: "ab".repeat(32), vout: 1, satoshis: 100n, beef: "00" };
  const amounts = { satoshis, feeSatoshis: 1n, spent, change };
  return { channelId, messageId: `of-${channelId}`, bodyText: "{}", txid: "ab".repeat(32), ...amounts };
}

describe("two p4 on one wallet file", () => {
  it("do not spend the same coins: the second is told before it pays", async () => {
    const [first, second] = [await WalletFile.open(path), await WalletFile.open(path)];
    const [paying, other] = [await paymentOn("a", first, 3_000n), await paymentOn("b", second, 3_000n)];
    await first.reserve(paying);
    await expect(second.reserve(other)).rejects.toMatchObject({ kind: "failed", code: "WALLET_IN_USE" });
    await first.settle(paying, true);
    // The larger coin was spent.
    expect((await WalletFile.open(path)).satoshis).toBe(3_100n);
  });

  it("do not pay on one channel twice", async () => {
    const [first, second] = [await WalletFile.open(path), await WalletFile.open(path)];
    await first.reserve(await paymentOn("a", first, 3_000n));
    const twice = { ...(await paymentOn("a", second, 8_000n)), spent: (await second.coins(8_000n)).slice(1) };
    await expect(second.reserve(twice)).rejects.toMatchObject({ code: "WALLET_IN_USE" });
  });

  it("write one after the other, also in the same moment", async () => {
    const wallets = await Promise.all(Array.from({ length: 8 }, () => WalletFile.open(path)));
    await Promise.all(wallets.map((wallet, i) => wallet.add(minedCoin(wallet.changeKey(), 100 + i))));
    expect((await WalletFile.open(path)).satoshis).toBe(8_828n);
    expect(await readdir(folder)).toEqual(["w.json"]);
  });

  it("pass by the lock of one that was killed", async () => {
    const { pid } = spawnSync(process.execPath, ["--version"]);
    await writeFile(`${path}.lock`, `${hostname()} ${String(pid)}`);
    const wallet = await WalletFile.open(path);
    await wallet.add(minedCoin(wallet.changeKey(), 700));
    expect([(await WalletFile.open(path)).satoshis, await readdir(folder)]).toEqual([8_700n, ["w.json"]]);
  });

  it.each([
    ["of this machine", `${hostname()} ${String(process.pid)}`],
    ["of another machine", "elsewhere 1"],
    ["that does not say whose it is", ""],
  ])("do not pass by a lock %s, and say what to do if its owner was killed", async (_whose, owner) => {
    await writeFile(`${path}.lock`, owner);
    let isDone = false;
    const waiting = withFileLock(path, async () => void (isDone = true), 50);
    await expect(waiting).rejects.toMatchObject({
      code: "WALLET_IN_USE",
      nextStep: expect.stringContaining(`remove ${path}.lock`) as unknown,
    });
    expect([isDone, (await readdir(folder)).sort()]).toEqual([false, ["w.json", "w.json.lock"]]);
  });

  it("by two names are on one file", async () => {
    const link = join(folder, "link.json");
    await symlink(path, link);
    const [first, second] = [await WalletFile.open(link), await WalletFile.open(path)];
    await first.reserve(await paymentOn("a", first, 3_000n));
    expect((await lstat(link)).isSymbolicLink()).toBe(true);
    await expect(second.reserve(await paymentOn("b", second, 3_000n))).rejects.toMatchObject({ code: "WALLET_IN_USE" });
  });

  it("lose none of each other's coins", async () => {
    const [first, second] = [await WalletFile.open(path), await WalletFile.open(path)];
    const paying = await paymentOn("a", first, 3_000n);
    await first.reserve(paying);
    await second.add(minedCoin(second.changeKey(), 700));
    await first.settle(paying, false);
    expect((await WalletFile.open(path)).satoshis).toBe(8_700n);
    expect(await readdir(folder)).toEqual(["w.json"]);
  });
});

describe("a wallet file", () => {
  it("shows the coins that a payment without an outcome holds", async () => {
    const wallet = await WalletFile.open(path);
    const payment = await paymentOn("a", wallet, 3_000n);
    await wallet.reserve(payment);
    const again = await WalletFile.open(path);
    expect(again.satoshis).toBe(3_000n);
    expect(again.pending).toMatchObject([{ payment: { channelId: "a", txid: payment.txid }, held: 5_000n }]);
  });

  it("is known by the same secret in each run, and by another on each channel", async () => {
    const [first, second] = [await WalletFile.open(path), await WalletFile.open(path)];
    expect(first.secretFor("a")).toBe(second.secretFor("a"));
    expect(first.secretFor("a")).toMatch(/^[0-9a-f]{64}$/);
    expect(first.secretFor("a")).not.toBe(first.secretFor("b"));
    const other = await WalletFile.create(join(folder, "other.json"));
    expect(first.secretFor("a")).not.toBe(other.secretFor("a"));
  });
});
