import { describe, expect, it } from "vitest";
import { customer, merchant, MerchantFailureError, type ReceivedMessage, type SessionOptions } from "./index.ts";
import { createTestDouble, type TestDouble } from "./testing.ts";

const terms = { network: "mainnet", destinations: { outputs: [{ amount: 5, script: "51" }] } };
const payment = { rawTx: "00" };

function options(double: TestDouble): SessionOptions {
  return { webSocket: double.webSocket, backoff: { firstDelayMs: 1, maxDelayMs: 5 } };
}

describe("a merchant", () => {
  it("answers a question that came before its handler", async () => {
    const double = createTestDouble();
    const wallet = customer(double.url("inv1"), options(double));
    const asked = wallet.requestTerms();
    const shop = merchant(double.url("inv1"), options(double));
    await new Promise<void>((resolve) => shop.on("termsRequested", () => resolve()));
    shop.onTermsRequested(() => terms);
    expect((await asked).body).toMatchObject({ value: terms });
    wallet.close();
    shop.close();
  });

  it("answers once, though it starts again before it has a receipt", async () => {
    const double = createTestDouble();
    const wallet = customer(double.url("inv1"), options(double));
    const paid = wallet.pay(payment, { messageId: "p1" });
    const outcomes: string[] = [];
    for (const memo of ["first", "second"]) {
      const shop = merchant(double.url("inv1"), options(double));
      const question = await new Promise<ReceivedMessage>((resolve) =>
        shop.on("payment", ({ received }) => resolve(received)),
      );
      outcomes.push((await shop.acknowledge(question, { memo })).outcome);
      shop.close();
    }
    expect(outcomes).toEqual(["stored", "duplicate"]);
    expect(await paid).toMatchObject({ memo: "first" });
    expect(double.log("inv1").map(({ messageId }) => messageId)).toEqual(["p1", "p1.payment.ack"]);
    wallet.close();
  });

  it("tells the customer what its handler chose to say, and keeps any other error to itself", async () => {
    const double = createTestDouble();
    const shop = merchant(double.url("inv1"), options(double));
    const failures: unknown[] = [];
    shop.on("handlerFailed", ({ error }) => failures.push(error));
    shop.onTermsRequested(() => {
      throw new MerchantFailureError({ code: "E1", title: "sold out", message: "no shoes left" });
    });
    shop.onPayment(() => {
      throw new Error("password is 1234");
    });
    const wallet = customer(double.url("inv1"), options(double));
    await expect(wallet.requestTerms()).rejects.toMatchObject({
      code: "TERMS_REFUSED",
      message: expect.stringContaining("E1, sold out, no shoes left") as unknown,
    });
    await expect(wallet.pay(payment)).rejects.toMatchObject({
      code: "PAYMENT_FAILED",
      message: expect.not.stringContaining("1234") as unknown,
    });
    expect(failures).toHaveLength(2);
    wallet.close();
    shop.close();
  });

  it.each<[string, unknown, string]>([
    ["nothing: a forgotten return", undefined, "MESSAGE_INVALID"],
    ["false", false, "MESSAGE_INVALID"],
    ["text that is no JSON", "thank you", "MESSAGE_INVALID"],
    ["more than the server takes", { memo: "x".repeat(3_000) }, "MESSAGE_TOO_LARGE"],
  ])("does not accept a payment by an answer of %s", async (_what, answer, code) => {
    const double = createTestDouble({ maxMessageBytes: 2_000 });
    const shop = merchant(double.url("inv1"), options(double));
    const failures: unknown[] = [];
    shop.on("handlerFailed", ({ error }) => failures.push(error));
    shop.onPayment(() => answer as object);
    const wallet = customer(double.url("inv1"), options(double));
    await expect(wallet.pay(payment)).rejects.toMatchObject({ code: "PAYMENT_FAILED" });
    expect(failures).toMatchObject([{ code }]);
    expect(double.log("inv1").map(({ key }) => key)).toEqual(["payment", "payment.error"]);
    wallet.close();
    shop.close();
  });

  it("hears of proofs and double spends", async () => {
    const double = createTestDouble();
    const shop = merchant(double.url("inv1"), options(double));
    const heard: string[] = [];
    shop.on("proof", ({ received }) => heard.push(received.key));
    shop.on("doubleSpend", ({ received }) => heard.push(received.key));
    await shop.joined();
    double.reportDoubleSpend("inv1", "ab".repeat(32), '{"payload":"d"}');
    double.prove("inv1", "ab".repeat(32), '{"payload":"p"}');
    await expect.poll(() => heard).toEqual(["doublespend.notify", "proof.create"]);
    shop.close();
  });

  it("can offer terms unasked", async () => {
    const double = createTestDouble();
    const shop = merchant(double.url("inv1"), options(double));
    const receipt = await shop.offerTerms(terms);
    expect(receipt).toMatchObject({ outcome: "stored", sequence: 1 });
    shop.close();
  });
});
