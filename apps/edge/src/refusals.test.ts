import { withNatsServer } from "@p4/testkit";
import { beforeAll, describe, expect, it } from "vitest";
import { ack, payment, terms } from "./test-support/bodies.ts";
import { newChannelId, startTestEdge, type TestEdge } from "./test-support/edges.ts";
import type { Frame, Peer } from "./test-support/peer.ts";

const nats = withNatsServer();

describe.each([
  ["live", false],
  ["replayed before each command", true],
])("what is refused over actors that are %s", (_, alwaysReplay) => {
  let edge: TestEdge;
  let id: string;
  let merchant: Peer;
  let customer: Peer;
  beforeAll(async () => {
    edge = await startTestEdge(nats.url, { alwaysReplay, P4_MAX_MESSAGE_BYTES: "20000" });
  });

  /** A merchant with an explicit role, and a customer that has shown its role by asking for terms. */
  async function meet(): Promise<void> {
    id = newChannelId();
    merchant = await edge.join(`${id}?role=merchant&dialect=p4`);
    customer = await edge.join(`${id}?dialect=p4`);
    customer.say("paymentrequest.create");
    await merchant.hear("paymentrequest.create");
  }

  /** The sender alone is told; nothing is stored; its socket goes on. */
  async function expectRefusal(
    sender: Peer,
    frame: Frame | string,
    errCode: string,
    description: RegExp,
  ): Promise<void> {
    const other = sender === merchant ? customer : merchant;
    const [heard, stored, errors] = [
      other.keys.length,
      await stream(),
      sender.keys.filter((key) => key === "error").length,
    ];
    sender.send(frame);
    const error = await sender.hear("error", errors + 1);
    expect(error["errorBody"]).toMatchObject({ errCode, description: expect.stringMatching(description) });
    merchant.say("paymentrequest.response", { body: terms });
    await customer.hear(
      "paymentrequest.response",
      customer.keys.filter((key) => key === "paymentrequest.response").length + 1,
    );
    expect(other.keys.slice(heard)).toEqual(other === customer ? ["paymentrequest.response"] : []);
    expect(await stream()).toBe(stored + 1);
  }

  /** How many events a late reader is told of. */
  async function stream(): Promise<number> {
    const reader = await edge.join(`${id}?since=0&dialect=p4`);
    const count = reader.keys.length;
    await reader.leave();
    return count;
  }

  it("bad frames: an error that names field and rule, to the sender alone", async () => {
    await meet();
    const cases: [string, string, RegExp][] = [
      ["{", "WIRE_NOT_JSON", /JSON/],
      ["null", "WIRE_NOT_OBJECT", /object/],
      ["[]", "WIRE_NOT_OBJECT", /object/],
      ["{}", "WIRE_KEY_MISSING", /^key: /],
      ['{"key":"payment.steal"}', "WIRE_KEY_UNKNOWN", /^key: /],
      ['{"key":7}', "WIRE_MEMBER_TYPE", /^key: /],
      ['{"key":"payment","messageId":{}}', "WIRE_MEMBER_TYPE", /^messageId: /],
      ['{"key":"payment","channelID":"a.b"}', "WIRE_CHANNEL_ID", /^channelID: /],
      [`{"key":"payment","body":{"a":${"[".repeat(80)}${"]".repeat(80)}}}`, "WIRE_TOO_DEEP", /deep/],
      ['{"key":"payment","timestamp":"noon"}', "WIRE_TIME", /^timestamp: /],
    ];
    for (const [frame, errCode, description] of cases) await expectRefusal(customer, frame, errCode, description);
  });

  it("another channel's id, the server's keys, and the other role's messages", async () => {
    await meet();
    const of = (key: string, members: Frame = {}): Frame => ({ key, messageId: key, ...members });
    await expectRefusal(
      customer,
      of("payment", { channelID: "other", body: payment }),
      "EDGE_OTHER_CHANNEL",
      /channelID is other/,
    );
    for (const key of ["join.success", "proof.create", "channel.expired", "error"]) {
      await expectRefusal(merchant, of(key), "EDGE_SERVER_KEY", new RegExp(key));
    }
    await expectRefusal(customer, of("payment.ack", { body: ack }), "ROLE_FORBIDDEN", /merchant's to send/);
    await expectRefusal(merchant, of("payment", { body: payment }), "ROLE_FORBIDDEN", /customer's to send/);
    await expectRefusal(merchant, of("payment.ack", { body: ack }), "ILLEGAL_STEP", /awaitingPayment/);
  });

  it("an acknowledgement forged by a customer that claims to be the merchant, or claims nothing", async () => {
    await meet();
    customer.say("payment", { body: payment });
    await merchant.hear("payment");
    for (const query of ["?role=merchant&dialect=p4", "?dialect=p4"]) {
      const forger = await edge.join(`${id}${query}`);
      expect(forger.frames[0]?.["headers"]).toMatchObject({ "x-p4-role": "none" });
      forger.say("payment.ack", { body: ack });
      expect((await forger.hear("error"))["errorBody"]).toMatchObject({ errCode: "ROLE_TAKEN" });
      await forger.leave();
    }
    expect(customer.keys).not.toContain("payment.ack");
    merchant.say("payment.ack", { body: ack });
    await customer.hear("payment.ack");
    // The old merchant has gone: the role can be taken.
    await merchant.leave();
    const successor = await edge.join(`${id}?internal=true&dialect=p4`);
    expect(successor.frames[0]?.["headers"]).toMatchObject({ "x-p4-role": "merchant", "x-p4-state": "awaitingProof" });
  });

  it("a customer hears nothing of another customer", async () => {
    await meet();
    const second = await edge.join(`${id}?role=customer`);
    customer.say("payment", { body: payment });
    await merchant.hear("payment");
    merchant.say("payment.ack", { body: ack });
    await second.hear("invoice.paid");
    expect(second.keys).toEqual(["join.success", "invoice.paid"]);
    // One that has not said what it is hears no more than a customer.
    const silent = await edge.join(`${id}?since=0`);
    await silent.hear("invoice.paid");
    expect(silent.keys).not.toContain("payment");
  });

  it("binary frames: an error, and the connection goes on", async () => {
    await meet();
    customer.socket.send(new Uint8Array([1, 2, 3]));
    expect((await customer.hear("error"))["errorBody"]).toMatchObject({ errCode: "WIRE_BINARY_FRAME" });
    customer.say("payment", { body: payment });
    await merchant.hear("payment");
  });

  it("too large: an error that names the limit, then 1009", async () => {
    await meet();
    customer.say("payment", { body: { ...payment, memo: "x".repeat(20_000) } });
    expect((await customer.hear("error"))["errorBody"]).toMatchObject({
      errCode: "WIRE_TOO_LARGE",
      description: expect.stringContaining("20000"),
    });
    expect(await customer.closed()).toMatchObject({ code: 1009 });
    expect(merchant.keys).toEqual(["join.success", "paymentrequest.create"]);
  });
});
