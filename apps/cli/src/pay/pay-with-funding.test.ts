import { PrivateKey } from "@bsv/sdk";
import { merchant, type MerchantSession } from "@p4/client";
import { createTestDouble, type TestDouble } from "@p4/client/testing";
import type { VerifiedPayment } from "@p4/spv";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Funding } from "./funding.ts";
import { payLine, summary } from "./pay-lines.ts";
import { payWithFunding, type PayStep } from "./pay-with-funding.ts";
import { headersWith, minedCoin, proofOf } from "../test-support/test-chain.ts";
import { acceptVerified, shoeTerms } from "../test-support/verifying-shop.ts";

let double: TestDouble;
let shop: MerchantSession;
let payments: VerifiedPayment[];

beforeEach(() => {
  double = createTestDouble();
  payments = [];
  shop = merchant(double.url("inv1"), { webSocket: double.webSocket });
  shop.onTermsRequested(() => shoeTerms);
});

afterEach(() => shop.close());

const acceptPayments = (coinTxids: readonly string[], prove: (txid: string) => string | null): void =>
  acceptVerified({ double, shop, payments }, coinTxids, prove);

/** As the server passes on what an ARC miner has reported. */
function rejectionOf(txid: string): string {
  const callbackPayload = { status: "REJECTED", code: 466, detail: "", competingTxs: [] };
  const payload = JSON.stringify({
    callbackPayload,
    callbackTxId: txid,
    callbackReason: "rejected",
    apiVersion: "arc",
    minerId: "",
  });
  return JSON.stringify({ payload, signature: null, publicKey: null, encoding: "UTF-8", mimetype: "application/json" });
}

function oneCoin(satoshis: number): { readonly funding: Funding; readonly txid: string } {
  const key = PrivateKey.fromRandom();
  const coin = minedCoin(key, satoshis);
  const nothing = async (): Promise<void> => undefined;
  return {
    txid: coin.txid,
    funding: {
      coins: async () => [coin],
      changeKey: () => key,
      unsettled: () => null,
      reserve: nothing,
      renew: async (payment) => payment,
      secretFor: () => null,
      settle: nothing,
    },
  };
}

describe("payWithFunding", () => {
  it("says at once that no merchant is there, and waits", async () => {
    const steps: PayStep[] = [];
    const ended = new AbortController();
    const paying = payWithFunding(double.url("no-shop"), {
      funding: oneCoin(5_000).funding,
      webSocket: double.webSocket,
      signal: ended.signal,
      onStep: (step) => {
        steps.push(step);
        if (step.step === "merchantAbsent") ended.abort(new Error("seen enough"));
      },
    });
    await expect(paying).rejects.toThrow();
    expect(steps.map(({ step }) => step)).toEqual(["joined", "merchantAbsent"]);
    expect(payLine(steps[1] as PayStep, { style: (_style, text) => text })).toContain("no merchant has joined");
  });

  it("makes a payment that the merchant can verify whole, and checks the proof against the headers", async () => {
    const { funding, txid } = oneCoin(5_000);
    let merkleRoot = "";
    acceptPayments([txid], (paid) => {
      const proof = proofOf(paid);
      merkleRoot = proof.merkleRoot;
      return proof.bodyText;
    });
    const steps: PayStep["step"][] = [];
    const outcome = await payWithFunding(double.url("inv1"), {
      funding,
      webSocket: double.webSocket,
      headers: { lookup: (claim) => headersWith(merkleRoot).lookup(claim) },
      onStep: ({ step }) => steps.push(step),
    });
    expect(outcome).toMatchObject({ channelId: "inv1", satoshis: 1_000n, accepted: true, memo: "thanks" });
    expect(outcome.proof).toMatchObject({ merkleRoot, blockHeight: 200, header: "confirmed" });
    expect(outcome.feeSatoshis).toBe(payments[0]?.feeSatoshis);
    expect(outcome.txid).toBe(payments[0]?.transaction.txid);
    expect(steps).toEqual(["joined", "terms", "signed", "acknowledged", "proved"]);
    const sent = JSON.parse(double.log("inv1").find(({ key }) => key === "payment")?.bodyText ?? "") as object;
    expect(sent).toMatchObject({ merchantData: { name: "Shop", extendedData: { paymentReference: "inv1" } } });
  });

  it("goes on waiting when a proof does not hold, and says that none came", async () => {
    const { funding, txid } = oneCoin(5_000);
    acceptPayments([txid], (paid) => proofOf(paid).bodyText);
    const steps: PayStep[] = [];
    const outcome = await payWithFunding(double.url("inv1"), {
      funding,
      webSocket: double.webSocket,
      headers: headersWith("44".repeat(32)),
      proofTimeoutMs: 3_000,
      onStep: (step) => steps.push(step),
    });
    expect(outcome).toMatchObject({ accepted: true, proof: null });
    expect(steps.at(-1)).toEqual({ step: "proofRefused", reason: "block: another Merkle root" });
  });

  it("waits for a proof as long as it is told to, longer than a timer lasts too", async () => {
    const { funding, txid } = oneCoin(5_000);
    acceptPayments([txid], (paid) => {
      setTimeout(() => double.prove("inv1", paid, proofOf(paid).bodyText), 100);
      return null;
    });
    const options = { funding, webSocket: double.webSocket, proofTimeoutMs: 30 * 24 * 3_600_000 };
    expect((await payWithFunding(double.url("inv1"), options)).proof).toMatchObject({ blockHeight: 200 });
  });

  it("tells of a miner that rejects the transaction, and believes a proof that comes all the same", async () => {
    const outcomes = [];
    for (const isProved of [false, true]) {
      const { funding, txid } = oneCoin(5_000);
      acceptPayments([txid], (paid) => {
        double.reportRejection("inv1", paid, rejectionOf(paid));
        return isProved ? proofOf(paid).bodyText : null;
      });
      const steps: PayStep[] = [];
      const options = { funding, webSocket: double.webSocket, proofTimeoutMs: isProved ? 10_000 : 3_000 };
      outcomes.push(await payWithFunding(double.url("inv1"), { ...options, onStep: (step) => steps.push(step) }));
      expect(steps).toContainEqual({ step: "rejected", rejection: { status: "REJECTED", code: 466 } });
      shop.close();
      shop = merchant(double.url("inv1"), { webSocket: double.webSocket });
      shop.onTermsRequested(() => shoeTerms);
    }
    expect(outcomes).toMatchObject([
      { accepted: true, proof: null, rejection: { status: "REJECTED", code: 466 } },
      { accepted: true, proof: { blockHeight: 200 }, rejection: { status: "REJECTED" } },
    ]);
    const [rejected, proved] = outcomes;
    if (rejected === undefined || proved === undefined) throw new Error("two outcomes");
    expect(summary(rejected, true)).toMatch(/, but a miner rejects it: REJECTED \(466\)$/);
    expect(summary(proved, true)).toMatch(/, proved$/);
    expect(
      payLine({ step: "rejected", rejection: { status: "REJECTED", code: null } }, { style: (_, text) => text }),
    ).toBe("! a miner rejects the transaction: REJECTED");
  });

  it("says what is wrong with an address", async () => {
    const { funding } = oneCoin(5_000);
    await expect(payWithFunding("http://host/ws/inv1", { funding })).rejects.toMatchObject({ kind: "misuse" });
  });

  it("says of an invoice that is paid that nothing was paid now", async () => {
    const { funding } = oneCoin(5_000);
    double.refuseNext("ALREADY_PAID");
    const paying = payWithFunding(double.url("inv1"), { funding, webSocket: double.webSocket });
    const nextStep = "The invoice is paid. Nothing was paid now.";
    await expect(paying).rejects.toMatchObject({ code: "ALREADY_PAID", nextStep });
  });

  it("does not pay an expired request", async () => {
    shop.onTermsRequested(() => ({ ...shoeTerms, expirationTimestamp: "2020-01-01T00:00:00Z" }));
    const { funding } = oneCoin(5_000);
    const paying = payWithFunding(double.url("inv1"), { funding, webSocket: double.webSocket });
    await expect(paying).rejects.toMatchObject({
      message: expect.stringContaining("expired at 2020-01-01") as unknown,
    });
  });
});
