import { describe, expect, it } from "vitest";
import { customer, merchant, type SessionOptions } from "./index.ts";
import { encodeMessage, serverMessage } from "@p4/protocol";
import { createTestDouble, type TestDouble } from "./testing.ts";
import { doubleWebSocket } from "./testing/double-socket.ts";

const terms = { network: "mainnet", destinations: { outputs: [{ amount: 5, script: "51" }] }, memo: "shoes" };
const payment = { rawTx: "00", memo: "for the shoes" };
const circle: Record<string, unknown> = {};
circle["self"] = circle;

function options(double: TestDouble, more: SessionOptions = {}): SessionOptions {
  return { webSocket: double.webSocket, backoff: { firstDelayMs: 1, maxDelayMs: 5 }, ...more };
}

function shop(double: TestDouble, more: SessionOptions = {}) {
  const session = merchant(double.url("inv1"), options(double, more));
  const payments: string[] = [];
  session.onTermsRequested(() => terms);
  session.onPayment((received) => {
    payments.push(received.message.messageId);
    return { memo: "thanks" };
  });
  return { session, payments };
}

describe.each(["p4", "dpp"] as const)("a payment in the %s dialect", (dialect) => {
  it("runs from the request to the proof", async () => {
    const double = createTestDouble();
    const { session } = shop(double, { dialect });
    const wallet = customer(double.url("inv1"), options(double, { dialect }));

    const request = await wallet.requestTerms();
    expect(request.body).toMatchObject({ form: "dpp.paymentRequest", value: terms });
    const ack = await wallet.pay(payment);
    expect(ack).toMatchObject({ accepted: true, memo: "thanks", sequence: 4 });
    const proof = wallet.waitForProof({ txid: "ab".repeat(32) });
    double.prove("inv1", "cd".repeat(32), '{"payload":"other"}');
    double.prove("inv1", "ab".repeat(32), '{"payload":"ours"}');
    expect((await proof).bodyText).toBe('{"payload":"ours"}');
    // One that has arrived already is found as well.
    expect((await wallet.waitForProof({ txid: "cd".repeat(32) })).bodyText).toBe('{"payload":"other"}');

    expect(double.log("inv1").map(({ key }) => key)).toEqual([
      "paymentrequest.create",
      "paymentrequest.response",
      "payment",
      "payment.ack",
      "proof.create",
      "proof.create",
    ]);
    wallet.close();
    session.close();
  });
});

describe("a customer", () => {
  it("sends the body's text as it was given", async () => {
    const double = createTestDouble();
    const { session } = shop(double);
    const wallet = customer(double.url("inv1"), options(double));
    const text = '{"rawTx":"00","big":12345678901234567890, "one":1.0}';
    await wallet.pay(text);
    expect(double.log("inv1")[0]?.bodyText).toBe(text);
    wallet.close();
    session.close();
  });

  it("is told when the merchant refuses, and why", async () => {
    const double = createTestDouble();
    const { session } = shop(double);
    session.onPayment(() => ({ error: 1, memo: "too little" }));
    const wallet = customer(double.url("inv1"), options(double));
    expect(await wallet.pay(payment)).toMatchObject({ accepted: false, memo: "too little" });
    wallet.close();
    session.close();
  });

  it("pays once when the receipt is lost and the message is sent again", async () => {
    const double = createTestDouble();
    const { session, payments } = shop(double);
    const wallet = customer(double.url("inv1"), options(double));
    await wallet.joined();
    double.loseNextReceipt();
    const ack = await wallet.pay(payment, { messageId: "p1" });
    expect(ack.accepted).toBe(true);
    expect(payments).toEqual(["p1"]);
    expect(double.log("inv1").map(({ key }) => key)).toEqual(["payment", "payment.ack"]);
    wallet.close();
    session.close();
  });

  it("gets the stored answer when it pays again under the same messageId", async () => {
    const double = createTestDouble();
    const { session, payments } = shop(double);
    const wallet = customer(double.url("inv1"), options(double));
    const first = await wallet.pay(payment, { messageId: "p1" });
    const again = await wallet.pay(payment, { messageId: "p1" });
    const later = customer(double.url("inv1"), options(double));
    const afterRestart = await later.pay(payment, { messageId: "p1" });
    expect([again.sequence, afterRestart.sequence]).toEqual([first.sequence, first.sequence]);
    expect(payments).toEqual(["p1"]);
    for (const open of [wallet, later, session]) open.close();
  });

  it("hears its own verdict when it pays again, not that of the wallet's later payment", async () => {
    const told = (key: string, sequence: number, correlationId: string, bodyText: string | null = null): string => {
      const [channelId, messageId, timestampMs] = ["inv1", `${key}-${sequence}`, 0];
      const headers = [
        ["x-p4-sequence", [String(sequence)]],
        ["x-p4-outcome", ["duplicate"]],
      ] as const;
      const message = serverMessage({ key, channelId, messageId, timestampMs, correlationId, headers });
      return encodeMessage({ ...message, bodyText }, "p4");
    };
    // The log has p1 at 3, its refusal at 4, p2 at 5, its acceptance at 6: the newest verdict is pending.
    const webSocket = doubleWebSocket((_url, peer) => {
      peer.send(told("join.success", 6, ""));
      peer.send(told("payment.ack", 6, "p2", '{"memo":"thanks"}'));
      const receive = (): void => {
        peer.send(told("receipt", 3, "p1"));
        peer.send(told("payment.ack", 4, "", '{"error":1,"memo":"too little"}'));
      };
      return { receive, closed: () => undefined };
    });
    const wallet = customer("ws://server/ws/inv1", { webSocket });
    expect(await wallet.pay(payment, { messageId: "p1" })).toMatchObject({ accepted: false, memo: "too little" });
    wallet.close();
  });

  it("knows the verdict that it has heard after the channel's end, too", async () => {
    const double = createTestDouble();
    const { session } = shop(double);
    const wallet = customer(double.url("inv1"), options(double));
    const { sequence } = await wallet.pay(payment, { messageId: "p1" });
    double.expire("inv1");
    await expect.poll(() => wallet.phase).toBe("ended");
    expect(await wallet.pay(payment, { messageId: "p1" })).toMatchObject({ accepted: true, sequence });
    await expect(wallet.pay(payment)).rejects.toMatchObject({ code: "CHANNEL_EXPIRED" });
    session.close();
  });

  it.each<[string, unknown]>([
    ["text that is no JSON", "thanks"],
    ["no body", undefined],
    ["null", null],
    ["a circle", circle],
    ["more depth than a frame may have", JSON.parse(`${"[".repeat(70)}${"]".repeat(70)}`)],
  ])("is told at once of a payment that no server could read: %s", async (_what, body) => {
    const double = createTestDouble();
    const wallet = customer(double.url("inv1"), options(double));
    const paid = wallet.pay(body as object);
    await expect(paid).rejects.toMatchObject({ code: "MESSAGE_INVALID", retryable: false });
    expect(double.log("inv1")).toEqual([]);
    wallet.close();
  });

  it("hears what it missed while its connection was gone, once and in order", async () => {
    const double = createTestDouble();
    const { session } = shop(double);
    const wallet = customer(double.url("inv1"), options(double));
    const proofs: (string | null)[] = [];
    wallet.on("proof", ({ received }) => proofs.push(received.bodyText));
    await wallet.pay(payment);
    double.prove("inv1", "aa".repeat(32), '{"payload":"1"}');
    await expect.poll(() => proofs.length).toBe(1);
    double.setUnreachable(true);
    double.dropConnections("inv1");
    double.prove("inv1", "aa".repeat(32), '{"payload":"2"}');
    double.prove("inv1", "aa".repeat(32), '{"payload":"3"}');
    double.setUnreachable(false);
    await expect.poll(() => proofs.length).toBe(3);
    expect(proofs).toEqual(['{"payload":"1"}', '{"payload":"2"}', '{"payload":"3"}']);
    wallet.close();
    session.close();
  });

  it("keeps messages while the server is away, up to its limit", async () => {
    const double = createTestDouble();
    double.setUnreachable(true);
    const wallet = customer(double.url("inv1"), options(double, { maxQueuedMessages: 1 }));
    const first = wallet.requestTerms();
    await expect(wallet.pay(payment)).rejects.toMatchObject({ code: "QUEUE_FULL", retryable: true });
    const { session } = shop(double);
    double.setUnreachable(false);
    expect((await first).body.form).toBe("dpp.paymentRequest");
    wallet.close();
    session.close();
  });

  it("repeats what the server refuses for now, and gives up what it refuses for good", async () => {
    const double = createTestDouble();
    const { session, payments } = shop(double);
    const wallet = customer(double.url("inv1"), options(double));
    const refusals: (number | null)[] = [];
    wallet.on("refused", ({ retryInMs }) => refusals.push(retryInMs));
    double.refuseNext("STORE_UNAVAILABLE", "PAYMENT_PENDING");
    await wallet.pay(payment, { messageId: "p1" });
    expect(payments).toEqual(["p1"]);
    expect(refusals).toEqual([expect.any(Number), expect.any(Number)]);
    double.refuseNext("ALREADY_PAID");
    await expect(wallet.pay(payment)).rejects.toMatchObject({ code: "ALREADY_PAID", retryable: false });
    wallet.close();
    session.close();
  });

  it("stops waiting when its signal is aborted, and sends nothing more", async () => {
    const double = createTestDouble();
    double.setUnreachable(true);
    const wallet = customer(double.url("inv1"), options(double));
    const abort = new AbortController();
    const asked = wallet.requestTerms({ signal: abort.signal });
    abort.abort();
    await expect(asked).rejects.toMatchObject({ name: "AbortError" });
    double.setUnreachable(false);
    await wallet.joined();
    const { session, payments } = shop(double);
    await wallet.pay(payment, { messageId: "p1" });
    expect(payments).toEqual(["p1"]);
    expect(double.log("inv1").map(({ key }) => key)).toEqual(["payment", "payment.ack"]);
    wallet.close();
    session.close();
  });

  it("rejects what waits when the channel expires, and everything after", async () => {
    const double = createTestDouble();
    const wallet = customer(double.url("inv1"), options(double));
    const seen: string[] = [];
    const reading = (async () => {
      for await (const { type } of wallet.events()) seen.push(type);
    })();
    const asked = wallet.requestTerms();
    await expect.poll(() => double.log("inv1").length).toBe(1);
    double.expire("inv1");
    await expect(asked).rejects.toMatchObject({ code: "CHANNEL_EXPIRED" });
    await expect(wallet.pay(payment)).rejects.toMatchObject({ code: "CHANNEL_EXPIRED" });
    await reading;
    expect(seen).toEqual(["joined", "ended"]);
    expect(wallet.phase).toBe("ended");
  });

  it("says which part of an address is wrong", () => {
    expect(() => customer("http://host/ws/abc")).toThrow(/ws\(s\):\/\/host\/ws\/<channelID>/);
  });
});
