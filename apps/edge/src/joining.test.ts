import { loadConfig } from "@p4/config";
import { openChannelNode, placementOf, revokeToken } from "@p4/app";
import { signToken, tokenIdOf } from "@p4/node-crypto";
import { waitFor, wallClock, withNatsServer } from "@p4/testkit";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { ack, payment, terms } from "./test-support/bodies.ts";
import { newChannelId, startTestEdge, type TestEdge } from "./test-support/edges.ts";
import { headerOf, type Peer } from "./test-support/peer.ts";

const nats = withNatsServer();
let edge: TestEdge;
beforeAll(async () => {
  edge = await startTestEdge(nats.url);
});

describe("a channel id in the URL", () => {
  it.each(["%2e%2e", "a%2Fb", "a.b", "*", "%3E", "a%20b", "%00", "%F0%9F%98%80", "%ZZ", "x".repeat(65), "a,b", "$SYS"])(
    "%s is refused before the upgrade",
    async (path) => {
      const { status, body } = await edge.upgrade(path);
      expect(status).toBe(400);
      expect(body).toMatch(/channelID|path/i);
    },
  );

  it("of 64 characters, or with _ and -, is served", async () => {
    expect(await edge.upgrade("x".repeat(64))).toMatchObject({ status: 101 });
    expect(await edge.upgrade("_a-Z9")).toMatchObject({ status: 101 });
  });

  it("with more path behind it is no channel's", async () => {
    expect((await edge.upgrade("a/b")).status).toBe(404);
  });

  it.each([
    ["role=owner", "role"],
    ["role=customer&internal=true", "role"],
    ["dialect=go", "dialect"],
    ["since=-1", "since"],
    ["since=1e3", "since"],
  ])("with ?%s is refused, naming the field", async (query, field) => {
    const { status, body } = await edge.upgrade(`abc?${query}`);
    expect(status).toBe(400);
    expect(JSON.parse(body)).toMatchObject({ code: "EDGE_BAD_JOIN", detail: expect.stringMatching(`^${field}: `) });
  });
});

describe("the join policy", () => {
  it("merchant-first: an unknown channel is 404 before the upgrade, until the merchant has opened it", async () => {
    const strict = await startTestEdge(nats.url, { P4_JOIN_POLICY: "merchant-first" });
    const id = newChannelId();
    const { status, body } = await strict.upgrade(id);
    expect(status).toBe(404);
    expect(JSON.parse(body)).toMatchObject({ code: "CHANNEL_UNKNOWN" });
    expect(await strict.metric("edge_channels")).toBe(0);
    await strict.join(`${id}?internal=true`);
    await strict.join(id);
  });

  it("token: 401 without one for this channel and role", async () => {
    const secret = "a secret of a length".replaceAll(" ", "-");
    const guarded = await startTestEdge(nats.url, { P4_JOIN_POLICY: "token", P4_JOIN_SECRET: secret });
    const id = newChannelId();
    const token = signToken(secret, { channelId: id, role: "merchant" });
    const refused = [id, `${id}?token=${token}x`, `other?token=${token}`, `${id}?token=${token}&role=customer`];
    for (const path of refused) expect((await guarded.upgrade(path)).status).toBe(401);
    const late = signToken(secret, { channelId: id, role: "merchant", expiresAtMs: 1 });
    expect((await guarded.upgrade(`${id}?token=${late}`)).status).toBe(401);
    expect(await guarded.upgrade(id, { authorization: `Bearer ${token}` })).toMatchObject({ status: 101 });
    const merchant = await guarded.join(`${id}?token=${token}`);
    expect(headerOf(merchant.frames[0] ?? {}, "x-p4-role")).toBe("merchant");
    // A customer's token gives the customer's role, and opens nothing.
    const customer = (channelId: string) => `${channelId}?token=${signToken(secret, { channelId, role: "customer" })}`;
    expect((await guarded.upgrade(customer("unknown"))).status).toBe(404);
    const payer = await guarded.join(`${customer(id)}&dialect=p4`);
    payer.say("payment.ack", { body: ack });
    expect((await payer.hear("error"))["errorBody"]).toMatchObject({ errCode: "ROLE_FORBIDDEN" });
  });

  it("token: from a page as a subprotocol beside the dialect, or once in any other way", async () => {
    const secret = "0123456789abcdef";
    const guarded = await startTestEdge(nats.url, { P4_JOIN_POLICY: "token", P4_JOIN_SECRET: secret });
    const id = newChannelId();
    const token = signToken(secret, { channelId: id, role: "merchant" });
    const merchant = await guarded.join(id, ["dpp", `p4.token.${token}`]);
    expect(headerOf(merchant.frames[0] ?? {}, "x-p4-role")).toBe("merchant");
    const offering = (text: string) => ({ "sec-websocket-protocol": text });
    expect((await guarded.upgrade(id, offering(`p4, p4.token.${token}x`))).status).toBe(401);
    expect((await guarded.upgrade(id, offering(`p4.token.${token}`))).status).toBe(400);
    const twice = await guarded.upgrade(`${id}?token=${token}`, { authorization: `Bearer ${token}x` });
    expect(twice).toMatchObject({ status: 400, body: expect.stringContaining("token: one") as string });
  });

  it("token: ends the sockets that it has let in", async () => {
    const clock = wallClock();
    const secret = "0123456789abcdef";
    const guarded = await startTestEdge(nats.url, { P4_JOIN_POLICY: "token", P4_JOIN_SECRET: secret });
    const id = newChannelId();
    const pathOf = (role: "merchant" | "customer", expiresAtMs?: number) =>
      `${id}?token=${signToken(secret, { channelId: id, role, ...(expiresAtMs === undefined ? {} : { expiresAtMs }) })}`;
    const merchant = await guarded.join(pathOf("merchant"));
    const customer = await guarded.join(pathOf("customer", Date.now() + 600_000));
    clock.pass(600_000);
    expect(await customer.closed()).toEqual({ code: 4401, reason: "EDGE_TOKEN: the token has ended" });
    expect(merchant.closedWith).toBeNull();
  });

  it("token: tells nothing any more once it has ended, and takes nothing", async () => {
    const secret = "0123456789abcdef";
    const { now } = Date;
    const clock = vi.spyOn(Date, "now").mockImplementation(now);
    try {
      const guarded = await startTestEdge(nats.url, { P4_JOIN_POLICY: "token", P4_JOIN_SECRET: secret });
      const [id, paid] = [newChannelId(), newChannelId()];
      const endsAtMs = now() + 600_000;
      const tokenOf = (channelId: string, role: "merchant" | "customer") =>
        signToken(secret, { channelId, role, ...(role === "merchant" ? {} : { expiresAtMs: endsAtMs }) });
      const enter = (channelId: string, role: "merchant" | "customer") =>
        guarded.join(`${channelId}?dialect=p4&receipts=true&token=${tokenOf(channelId, role)}`);
      const [merchant, seller] = [await enter(id, "merchant"), await enter(paid, "merchant")];
      const [customer, speaker] = [await enter(id, "customer"), await enter(id, "customer")];
      merchant.say("paymentrequest.response", { body: terms });
      await customer.hear("paymentrequest.response");
      const url = `http://127.0.0.1:${String(guarded.port)}/api/v1/payment/${paid}?token=${tokenOf(paid, "customer")}`;
      const waiting = fetch(url, { method: "POST", body: JSON.stringify(payment), headers: { prefer: "wait=20" } });
      await seller.hear("payment");
      clock.mockImplementation(() => now() + 600_001);
      // All in the same turn of the event loop as the time: no timer has run in between.
      merchant.say("paymentrequest.response", { body: { ...terms, memo: "too late" } });
      seller.say("payment.ack", { body: ack });
      speaker.say("paymentrequest.create");
      expect((await waiting).status).toBe(401);
      for (const peer of [customer, speaker]) {
        expect(await peer.closed()).toEqual({ code: 4401, reason: "EDGE_TOKEN: the token has ended" });
      }
      await merchant.hear("receipt", 2);
      expect(customer.keys.filter((key) => key === "paymentrequest.response")).toHaveLength(1);
      expect(merchant.keys).not.toContain("paymentrequest.create");
    } finally {
      clock.mockRestore();
    }
  });

  it("token: one that is revoked ends its sockets on each node, and opens none again", async () => {
    const secret = "0123456789abcdef";
    const settings = { P4_JOIN_POLICY: "token", P4_JOIN_SECRET: secret };
    const [one, two] = [await startTestEdge(nats.url, settings), await startTestEdge(nats.url, settings)];
    const channelId = newChannelId();
    const tokenOf = (role: "merchant" | "customer", expiresAtMs?: number) =>
      signToken(secret, { channelId, role, ...(expiresAtMs === undefined ? {} : { expiresAtMs }) });
    const merchant = await one.join(`${channelId}?token=${tokenOf("merchant")}`);
    const token = tokenOf("customer");
    const [here, there] = [
      await one.join(`${channelId}?token=${token}`),
      await two.join(`${channelId}?token=${token}`),
    ];
    const other = await two.join(`${channelId}?token=${tokenOf("customer", Date.now() + 600_000)}`);
    const events = await fetch(`http://127.0.0.1:${String(two.port)}/channels/${channelId}/events?token=${token}`);
    const node = await openChannelNode({
      natsUrl: nats.url,
      name: "test",
      ...placementOf(loadConfig({ P4_SHARDS: "2" })),
    });
    const tokenId = tokenIdOf(token);
    await revokeToken(node.revokedTokens, { tokenId, channelId, role: "customer", expiresAtMs: null, revokedAtMs: 1 });
    await node.close();
    for (const peer of [here, there]) {
      expect(await peer.closed()).toEqual({ code: 4401, reason: "EDGE_TOKEN: the token was revoked" });
    }
    // It ends: otherwise the text would never come.
    expect(await events.text()).toContain("retry:");
    for (const edge of [one, two]) expect((await edge.upgrade(`${channelId}?token=${token}`)).status).toBe(401);
    expect([merchant.closedWith, other.closedWith]).toEqual([null, null]);
    const later = await startTestEdge(nats.url, settings);
    expect((await later.upgrade(`${channelId}?token=${token}`)).status).toBe(401);
  });

  it("a channel takes as many sockets as it may have and no more", async () => {
    const small = await startTestEdge(nats.url, {}, { limits: { maxSocketsPerChannel: 2 } });
    const id = newChannelId();
    const first = await small.join(id);
    await small.join(id);
    expect((await small.upgrade(id)).status).toBe(429);
    await first.leave();
    await small.join(id);
  });
});

describe("a merchant", () => {
  it("opens a new channel, and comes back to it over another node to what waits for him", async () => {
    const [one, two] = [await startTestEdge(nats.url), await startTestEdge(nats.url)];
    const id = newChannelId();
    const merchant = await one.join(`${id}?role=merchant&dialect=p4`);
    const customer = await one.join(`${id}?role=customer&dialect=p4`);
    merchant.say("paymentrequest.response", { body: terms });
    await customer.hear("paymentrequest.response");
    await merchant.leave();
    customer.say("payment", { body: payment });
    await waitFor(async () => (await one.metric("edge_store_seconds_count")) === 2);
    const back = await two.join(`${id}?role=merchant&dialect=p4`);
    expect(headerOf(back.frames[0] ?? {}, "x-p4-state")).toBe("awaitingAck");
    expect(await back.hear("payment")).toMatchObject({ body: payment });
  });
});

describe("the health channel", () => {
  it("greets every time and stores nothing", async () => {
    for (const query of ["", "?internal=true"]) {
      const peer = await edge.join(`health${query}`);
      expect(headerOf(peer.frames[0] ?? {}, "x-p4-sequence")).toBe("");
      peer.send({ type: "my-dpp", channelId: "health" });
      peer.say("paymentrequest.create");
      await peer.leave();
      expect(peer.keys).toEqual(["join.success"]);
    }
    expect(await edge.metric("edge_channels")).toBe(0);
    expect(await edge.metric("edge_store_seconds_count")).toBe(0);
  });
});

describe("?since=", () => {
  let other: TestEdge;
  beforeAll(async () => {
    other = await startTestEdge(nats.url);
  });

  it("replays what came after that point, in order, and then goes on live", async () => {
    const id = newChannelId();
    const merchant = await edge.join(`${id}?role=merchant&dialect=p4`);
    const customer = await edge.join(`${id}?role=customer&dialect=p4`);
    const { sequence } = customer;
    await customer.leave();
    merchant.say("paymentrequest.response", { messageId: "t1", body: terms });
    merchant.say("paymentrequest.response", { messageId: "t2", body: terms });
    const watcher = await edge.join(`${id}?role=customer`);
    await watcher.hear("paymentrequest.response");
    await waitFor(() => watcher.frames.some((frame) => frame["messageId"] === "t2"));
    const back = await other.join(`${id}?role=customer&dialect=p4&since=${sequence}`);
    await back.hear("paymentrequest.response", 2);
    merchant.say("paymentrequest.response", { messageId: "t3", body: terms });
    await back.hear("paymentrequest.response", 3);
    expect(back.frames.slice(1).map((frame) => frame["messageId"])).toEqual(["t1", "t2", "t3"]);
    expect(headerOf(back.frames[0] ?? {}, "x-p4-history")).toBe("complete");
  });

  it("a sequence that this log does not have: everything, and a word about it", async () => {
    const id = newChannelId();
    const merchant = await edge.join(`${id}?role=merchant`);
    merchant.say("paymentrequest.response", { body: terms });
    const back = await edge.join(`${id}?role=customer&dialect=p4&since=999999`);
    await back.hear("paymentrequest.response");
    expect(headerOf(back.frames[0] ?? {}, "x-p4-history")).toBe("partial");
  });

  it("has no gap and no repeat while both nodes' wallets talk", async () => {
    const id = newChannelId();
    const merchant = await edge.join(`${id}?role=merchant&dialect=p4`);
    const customer = await edge.join(`${id}?role=customer&dialect=p4`);
    const from = merchant.sequence;
    const total = 60;
    const talk = (async () => {
      for (let i = 0; i < total; i++) {
        merchant.say("paymentrequest.response", { messageId: `t${String(i)}`, body: terms });
        await customer.hear("paymentrequest.response", i + 1);
      }
    })();
    const late: Peer[] = [];
    for (let i = 0; i < 12; i++) {
      late.push(await (i % 2 === 0 ? edge : other).join(`${id}?role=customer&dialect=p4&since=${from}`));
      await customer.hear("paymentrequest.response", i * 4 + 1);
    }
    await talk;
    for (const peer of late) {
      await peer.hear("paymentrequest.response", total);
      const heard = peer.frames.slice(1).map((frame) => frame["messageId"]);
      expect(heard).toEqual(Array.from({ length: total }, (_, i) => `t${String(i)}`));
    }
  });

  it("gives a merchant that lost its socket what the customer said meanwhile", async () => {
    const id = newChannelId();
    const merchant = await edge.join(`${id}?role=merchant&dialect=p4`);
    const customer = await other.join(`${id}?role=customer&dialect=p4`);
    const { sequence } = merchant;
    await merchant.leave();
    customer.say("payment", { body: payment });
    const back = await edge.join(`${id}?role=merchant&dialect=p4&since=${sequence}`);
    await back.hear("payment");
    expect(back.keys).toEqual(["join.success", "payment"]);
  });
});
