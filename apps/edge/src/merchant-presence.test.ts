import { maxRecordedJoins } from "@p4/channel";
import { freePort } from "@p4/nats-server/testing";
import { waitFor, withNatsServer } from "@p4/testkit";
import { beforeAll, describe, expect, it } from "vitest";
import { ack, payment, terms } from "./test-support/bodies.ts";
import { spawnEdge } from "./test-support/edge-process.ts";
import { newChannelId, startTestEdge, type TestEdge } from "./test-support/edges.ts";
import { headerOf, joinPeer, type Peer } from "./test-support/peer.ts";

const nats = withNatsServer();
let edge: TestEdge;
let other: TestEdge;
beforeAll(async () => {
  [edge, other] = [await startTestEdge(nats.url), await startTestEdge(nats.url)];
});

const greetingOf = (peer: Peer) => peer.frames[0] ?? {};
const merchantOf = (peer: Peer): string => headerOf(greetingOf(peer), "x-p4-merchant");
const customer = "role=customer&dialect=p4&receipts=true";

async function receiptOf(peer: Peer, messageId: string): Promise<string> {
  peer.say("paymentrequest.create", { messageId });
  const isIt = (frame: object) => "correlationID" in frame && frame.correlationID === messageId;
  return headerOf(await waitFor(() => peer.frames.find(isIt)), "x-p4-merchant");
}

describe("whether a merchant is there", () => {
  it("is told with each join and each receipt, as it changes", async () => {
    const id = newChannelId();
    const wallet = await edge.join(`${id}?${customer}`);
    expect(merchantOf(wallet)).toBe("absent");
    expect(await receiptOf(wallet, "a")).toBe("absent");
    const shop = await edge.join(`${id}?role=merchant`);
    expect(merchantOf(shop)).toBe("present");
    expect(await receiptOf(wallet, "b")).toBe("present");
    expect(merchantOf(await edge.join(`${id}?${customer}`))).toBe("present");
    await shop.leave();
    expect(await receiptOf(wallet, "c")).toBe("absent");
    expect(merchantOf(await edge.join(`${id}?${customer}`))).toBe("absent");
  });

  it("is asked of the node where the merchant is", async () => {
    const id = newChannelId();
    const shop = await other.join(`${id}?role=merchant`);
    const wallet = await edge.join(`${id}?${customer}`);
    expect([merchantOf(wallet), await receiptOf(wallet, "a")]).toEqual(["present", "present"]);
    await shop.leave();
    const late = await edge.join(`${id}?${customer}`);
    expect([merchantOf(late), await receiptOf(late, "b")]).toEqual(["absent", "absent"]);
    // The next merchant is another connection: what was found of the old one says nothing of it.
    await other.join(`${id}?role=merchant`);
    expect(await receiptOf(late, "c")).toBe("present");
  });

  it("is so for one alone of merchants that come at the same moment, here and elsewhere", async () => {
    const id = newChannelId();
    await edge.join(`${id}?${customer}`);
    await other.join(`${id}?${customer}`);
    const shops = await Promise.all([edge, other, edge, other].map((at) => at.join(`${id}?role=merchant`)));
    const roles = shops.map((shop) => headerOf(greetingOf(shop), "x-p4-role"));
    expect(roles.toSorted()).toEqual(["merchant", "none", "none", "none"]);
  });

  it("is no longer so when the merchant's node has died", async () => {
    const id = newChannelId();
    const port = await freePort();
    const mortal = await spawnEdge(nats.url, port);
    await joinPeer(`ws://127.0.0.1:${String(port)}/ws/${id}?role=merchant`);
    expect(merchantOf(await edge.join(`${id}?${customer}`))).toBe("present");
    await mortal.kill();
    expect(merchantOf(await edge.join(`${id}?${customer}`))).toBe("absent");
  });
});

describe("the merchant's seat", () => {
  it("is not promised to a second merchant, however many have joined before", async () => {
    const id = newChannelId();
    const shop = await edge.join(`${id}?role=merchant&dialect=p4`);
    for (let i = 0; i < maxRecordedJoins; i++) await (await edge.join(id)).leave();
    const rival = await other.join(`${id}?role=merchant&dialect=p4`);
    expect(headerOf(greetingOf(rival), "x-p4-role")).toBe("none");
    const wallet = await edge.join(`${id}?${customer}`);
    wallet.say("payment", { body: payment });
    await shop.hear("payment");
    rival.say("payment.ack", { body: ack });
    expect((await rival.hear("error"))["errorBody"]).toMatchObject({ errCode: "ROLE_TAKEN" });
    expect(rival.keys).toEqual(["join.success", "error"]);
  });

  it("goes with its wallet, whose old connection may have died without a word", async () => {
    const id = newChannelId();
    const shop = (secret: string) => `${id}?role=merchant&dialect=p4&wallet=${secret.repeat(16)}`;
    const old = await edge.join(shop("a"));
    const rival = await other.join(shop("b"));
    expect(headerOf(greetingOf(rival), "x-p4-role")).toBe("none");
    const back = await other.join(shop("a"));
    expect(headerOf(greetingOf(back), "x-p4-role")).toBe("merchant");
    expect(old.closedWith).toBeNull();
    const wallet = await edge.join(`${id}?${customer}`);
    wallet.say("paymentrequest.create");
    await back.hear("paymentrequest.create");
    back.say("paymentrequest.response", { body: terms });
    await wallet.hear("paymentrequest.response");
    expect(rival.keys).not.toContain("paymentrequest.create");
  });
});

describe.each(["another node", "the same node"])(
  "a merchant that joins while its dead connection still has the seat on %s",
  (where) => {
    it("takes the seat when that one has gone, and is asked what waits", async () => {
      const id = newChannelId();
      const old = await (where === "the same node" ? edge : other).join(`${id}?role=merchant`);
      const next = await edge.join(`${id}?role=merchant&dialect=p4&receipts=true`);
      const later = await edge.join(`${id}?role=merchant&dialect=p4`);
      expect(headerOf(greetingOf(next), "x-p4-role")).toBe("none");
      const wallet = await edge.join(`${id}?${customer}`);
      wallet.say("payment", { body: payment });
      await old.hear("payment");
      expect(next.keys).toEqual(["join.success"]);
      await old.leave();
      await next.hear("payment");
      expect(next.frames.slice(0, 2).map((frame) => headerOf(frame, "x-p4-role"))).toEqual(["none", "merchant"]);
      next.say("payment.ack", { body: ack });
      await wallet.hear("payment.ack");
      await next.hear("receipt");
      expect(next.keys).toEqual(["join.success", "join.success", "payment", "receipt"]);
      expect(later.keys).not.toContain("payment");
    });
  },
);

it("join.success tells how large a message may be", async () => {
  const small = await startTestEdge(nats.url, { P4_MAX_MESSAGE_BYTES: "20000" });
  const peer = await small.join(newChannelId());
  expect(headerOf(greetingOf(peer), "x-p4-max-message-bytes")).toBe("20000");
});
