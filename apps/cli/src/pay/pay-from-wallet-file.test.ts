import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { merchant, type MerchantSession, type WebSocketConstructor } from "@p4/client";
import { createTestDouble, type TestDouble } from "@p4/client/testing";
import type { VerifiedPayment } from "@p4/spv";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { minedCoin } from "../test-support/test-chain.ts";
import { acceptVerified, shoeTerms } from "../test-support/verifying-shop.ts";
import { payWithFunding } from "./pay-with-funding.ts";
import { WalletFile } from "./wallet-file.ts";

let double: TestDouble;
let shop: MerchantSession;
let payments: VerifiedPayment[];
let folder: string;

beforeEach(async () => {
  double = createTestDouble();
  payments = [];
  shop = merchant(double.url("inv1"), { webSocket: double.webSocket });
  shop.onTermsRequested(() => shoeTerms);
  folder = await mkdtemp(join(tmpdir(), "p4-cli-"));
});

afterEach(async () => {
  shop.close();
  await rm(folder, { recursive: true });
});

const acceptPayments = (coinTxids: readonly string[], prove: (txid: string) => string | null): void =>
  acceptVerified({ double, shop, payments }, coinTxids, prove);

describe("paying from a wallet file", () => {
  async function walletWith(satoshis: number): Promise<{ readonly path: string; readonly coinTxid: string }> {
    const path = join(folder, "wallet.json");
    const wallet = await WalletFile.create(path);
    const coin = minedCoin(wallet.changeKey(), satoshis);
    await wallet.add(coin);
    return { path, coinTxid: coin.txid };
  }

  it("keeps the change, and can spend it", async () => {
    const { path, coinTxid } = await walletWith(10_000);
    acceptPayments([coinTxid], () => null);
    const pay = async (): Promise<bigint> => {
      const funding = await WalletFile.open(path);
      const options = { funding, webSocket: double.webSocket, waitForProof: false };
      return (await payWithFunding(double.url("inv1"), options)).feeSatoshis;
    };
    const fees = (await pay()) + (await pay());
    expect((await WalletFile.open(path)).satoshis).toBe(10_000n - 2_000n - fees);
    expect(payments[1]?.transaction.inputs[0]?.sourceTxid).toBe(payments[0]?.transaction.txid);
  });

  it("gets its coins back when the merchant refuses", async () => {
    const { path } = await walletWith(10_000);
    shop.onPayment(() => ({ error: 1, memo: "not today" }));
    const options = { funding: await WalletFile.open(path), webSocket: double.webSocket };
    expect(await payWithFunding(double.url("inv1"), options)).toMatchObject({ accepted: false, memo: "not today" });
    expect((await WalletFile.open(path)).satoshis).toBe(10_000n);
  });

  it("sends the same payment again when it was cut short before the answer", async () => {
    const { path, coinTxid } = await walletWith(10_000);
    const cut = new AbortController();
    shop.onPayment(() => {
      cut.abort();
      return new Promise(() => undefined);
    });
    const first = { funding: await WalletFile.open(path), webSocket: double.webSocket, signal: cut.signal };
    await expect(payWithFunding(double.url("inv1"), first)).rejects.toMatchObject({ name: "AbortError" });
    shop.close();

    shop = merchant(double.url("inv1"), { webSocket: double.webSocket });
    acceptPayments([coinTxid], () => null);
    const steps: string[] = [];
    const outcome = await payWithFunding(double.url("inv1"), {
      funding: await WalletFile.open(path),
      webSocket: double.webSocket,
      waitForProof: false,
      onStep: ({ step }) => steps.push(step),
    });
    expect(steps).toEqual(["joined", "resumed", "acknowledged"]);
    expect(double.log("inv1").filter(({ key }) => key === "payment")).toHaveLength(1);
    expect((await WalletFile.open(path)).satoshis).toBe(10_000n - 1_000n - outcome.feeSatoshis);
  });

  it("is not sent to another server's channel of the same id: its refusal would free coins that may be spent", async () => {
    const { path } = await walletWith(10_000);
    const cut = new AbortController();
    shop.onPayment(() => {
      cut.abort();
      return new Promise(() => undefined);
    });
    const pay = async (url: string, signal?: AbortSignal) => {
      const options = { funding: await WalletFile.open(path), webSocket: double.webSocket };
      return payWithFunding(url, { ...options, ...(signal === undefined ? {} : { signal }) });
    };
    await expect(pay(double.url("inv1"), cut.signal)).rejects.toMatchObject({ name: "AbortError" });
    await expect(pay("ws://other.example/ws/inv1")).rejects.toMatchObject({ code: "PAYMENT_UNSETTLED" });
    expect((await WalletFile.open(path)).pending).toHaveLength(1);
  });

  it("gets its coins back when the server refuses to store the payment", async () => {
    const { path } = await walletWith(10_000);
    const paying = payWithFunding(double.url("inv1"), {
      funding: await WalletFile.open(path),
      webSocket: double.webSocket,
      onStep: ({ step }) => {
        // Another wallet was faster.
        if (step === "signed") double.refuseNext("ALREADY_PAID");
      },
    });
    const nextStep = expect.stringContaining("free again") as unknown;
    await expect(paying).rejects.toMatchObject({ code: "ALREADY_PAID", nextStep });
    const { satoshis, pending } = await WalletFile.open(path);
    expect([satoshis, pending]).toEqual([10_000n, []]);
  });

  it("keeps them back while it is not known whether the payment is stored", async () => {
    const { path } = await walletWith(10_000);
    const paying = payWithFunding(double.url("inv1"), {
      funding: await WalletFile.open(path),
      webSocket: double.webSocket,
      onStep: ({ step }) => {
        if (step === "signed") double.refuseNext("EDGE_LOG_DAMAGED");
      },
    });
    await expect(paying).rejects.toMatchObject({ code: "EDGE_LOG_DAMAGED" });
    expect((await WalletFile.open(path)).pending).toHaveLength(1);
  });

  it("puts the same payment to a merchant once more who could not judge it", async () => {
    const { path, coinTxid } = await walletWith(10_000);
    shop.onPayment(() => {
      throw new Error("the database is away");
    });
    const pay = async () =>
      payWithFunding(double.url("inv1"), {
        funding: await WalletFile.open(path),
        webSocket: double.webSocket,
        waitForProof: false,
      });
    await expect(pay()).rejects.toMatchObject({ code: "PAYMENT_FAILED" });
    acceptPayments([coinTxid], () => null);
    expect(await pay()).toMatchObject({ accepted: true });
    const sent = double.log("inv1").filter(({ key }) => key === "payment");
    expect(new Set(sent.map(({ bodyText }) => bodyText)).size).toBe(1);
    expect((await WalletFile.open(path)).pending).toEqual([]);
  });

  it("hears the verdict after the channel's end, as the wallet that has paid", async () => {
    const { path, coinTxid } = await walletWith(10_000);
    const urls: URL[] = [];
    const webSocket = class extends (double.webSocket as new (url: string) => object) {
      constructor(url: string) {
        urls.push(new URL(url));
        super(url);
      }
    } as unknown as WebSocketConstructor;
    const cut = new AbortController();
    const paid = new Promise<void>((resolve) => {
      acceptPayments([coinTxid], () => {
        cut.abort();
        resolve();
        return null;
      });
    });
    const first = { funding: await WalletFile.open(path), webSocket, signal: cut.signal };
    await expect(payWithFunding(double.url("inv1"), first)).rejects.toMatchObject({ name: "AbortError" });
    await paid;
    await expect.poll(() => double.log("inv1").map(({ key }) => key)).toContain("payment.ack");
    double.expire("inv1");

    const second = { funding: await WalletFile.open(path), webSocket, waitForProof: false };
    const outcome = await payWithFunding(double.url("inv1"), second);
    expect(outcome.accepted).toBe(true);
    expect((await WalletFile.open(path)).satoshis).toBe(10_000n - 1_000n - outcome.feeSatoshis);
    const secrets = urls.map(({ searchParams }) => searchParams.get("wallet"));
    expect(secrets).toEqual([second.funding.secretFor("inv1"), second.funding.secretFor("inv1")]);
  });

  it("says how to get coins when there are too few, and never overwrites a wallet", async () => {
    const { path } = await walletWith(500);
    const options = { funding: await WalletFile.open(path), webSocket: double.webSocket };
    await expect(payWithFunding(double.url("inv1"), options)).rejects.toMatchObject({ code: "NO_COINS" });
    const before = await readFile(path, "utf8");
    await expect(WalletFile.create(path)).rejects.toMatchObject({ kind: "misuse" });
    expect(await readFile(path, "utf8")).toBe(before);
  });
});
