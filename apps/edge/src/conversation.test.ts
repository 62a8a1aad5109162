import { withNatsServer } from "@p4/testkit";
import { beforeAll, describe, expect, it } from "vitest";
import { ack, payment, terms } from "./test-support/bodies.ts";
import { newChannelId, startTestEdge, type TestEdge } from "./test-support/edges.ts";
import { headerOf, sequenceOf } from "./test-support/peer.ts";

const nats = withNatsServer();

describe.each([
  ["live", false],
  ["replayed before each command", true],
])("wallets over actors that are %s", (_, alwaysReplay) => {
  let edge: TestEdge;
  let other: TestEdge;
  beforeAll(async () => {
    edge = await startTestEdge(nats.url, { alwaysReplay });
    other = await startTestEdge(nats.url, { alwaysReplay });
  });

  it("pay with two plain WebSockets, as the document says", async () => {
    const id = newChannelId();
    const merchant = await edge.join(`${id}?role=merchant`);
    const customer = await edge.join(id);
    customer.say("paymentrequest.create");
    merchant.say("paymentrequest.response", {
      correlationID: (await merchant.hear("paymentrequest.create"))["messageId"],
      body: terms,
    });
    expect((await customer.hear("paymentrequest.response"))["body"]).toEqual(terms);
    customer.say("payment", { body: payment });
    expect((await merchant.hear("payment"))["body"]).toEqual(payment);
    merchant.say("payment.ack", { body: ack });
    expect(await customer.hear("payment.ack")).toMatchObject({ body: ack, channelID: id });
    // Each heard the other, without an echo.
    expect(merchant.keys).toEqual(["join.success", "paymentrequest.create", "payment"]);
    expect(customer.keys).toEqual(["join.success", "paymentrequest.response", "payment.ack"]);
    expect(headerOf(customer.frames[0] ?? {}, "x-p4-state")).toBe("awaitingTermsRequest");
    expect(Date.parse(headerOf(customer.frames[0] ?? {}, "x-channel-expires"))).toBeGreaterThan(Date.now() + 7_000_000);
  });

  it("pay over two edges on one broker", async () => {
    const id = newChannelId();
    const merchant = await edge.join(`${id}?role=merchant`);
    const customer = await other.join(`${id}?role=customer`);
    customer.say("paymentrequest.create");
    await merchant.hear("paymentrequest.create");
    merchant.say("paymentrequest.response", { body: terms });
    await customer.hear("paymentrequest.response");
    customer.say("payment", { body: payment });
    await merchant.hear("payment");
    merchant.say("payment.ack", { body: ack });
    await customer.hear("payment.ack");
    expect(merchant.keys).toEqual(["join.success", "paymentrequest.create", "payment"]);
    expect(customer.keys).toEqual(["join.success", "paymentrequest.response", "payment.ack"]);
  });

  it("get what is pending for their role when they join, with the original ids", async () => {
    const id = newChannelId();
    const customer = await edge.join(`${id}?role=customer`);
    customer.say("paymentrequest.create", { messageId: "ask-1" });
    // The merchant was away, and comes to another node.
    const merchant = await other.join(`${id}?role=merchant&dialect=p4`);
    expect(await merchant.hear("paymentrequest.create")).toMatchObject({ messageId: "ask-1" });
    merchant.say("paymentrequest.response", { messageId: "terms-1", body: terms });
    await customer.hear("paymentrequest.response");
    await customer.leave();
    const wallet = "a-secret-of-the-wallet";
    const back = await other.join(`${id}?role=customer&wallet=${wallet}`);
    expect(await back.hear("paymentrequest.response")).toMatchObject({ messageId: "terms-1" });
    back.say("payment", { messageId: "pay-1", body: payment });
    await merchant.hear("payment");
    await back.leave();
    merchant.say("payment.ack", { messageId: "ack-1", body: ack });
    const again = await edge.join(`${id}?role=customer&wallet=${wallet}`);
    expect(await again.hear("payment.ack")).toMatchObject({ messageId: "ack-1" });
    expect(again.keys).toEqual(["join.success", "payment.ack"]);
    const another = await edge.join(`${id}?role=customer&wallet=another-wallet-secret`);
    await another.hear("invoice.paid");
    // Its message is proof enough as well.
    another.say("payment", { messageId: "pay-1", body: payment });
    expect(await another.hear("payment.ack")).toMatchObject({ messageId: "ack-1" });
  });

  it("get the stored answer to a repeated message, and nothing is stored again", async () => {
    const id = newChannelId();
    const merchant = await edge.join(`${id}?role=merchant&dialect=p4`);
    const customer = await other.join(`${id}?receipts=true&role=customer&dialect=p4`);
    customer.say("payment", { messageId: "pay-1", body: payment });
    await merchant.hear("payment");
    merchant.say("payment.ack", { messageId: "ack-1", body: ack });
    await customer.hear("payment.ack");
    customer.say("payment", { messageId: "pay-1", body: payment });
    expect(await customer.hear("payment.ack", 2)).toMatchObject({ messageId: "ack-1", body: ack });
    const receipts = [await customer.hear("receipt"), await customer.hear("receipt", 2)];
    expect(receipts.map((frame) => headerOf(frame, "x-p4-outcome"))).toEqual(["stored", "duplicate"]);
    expect(new Set(receipts.map(sequenceOf)).size).toBe(1);
    expect(receipts.map((frame) => frame["correlationID"])).toEqual(["pay-1", "pay-1"]);
    expect(merchant.keys).toEqual(["join.success", "payment"]);
  });
});
