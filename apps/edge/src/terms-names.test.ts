import { waitFor, withNatsServer } from "@p4/testkit";
import { beforeAll, describe, expect, it } from "vitest";
import { newChannelId, startTestEdge, type TestEdge } from "./test-support/edges.ts";
import { get, paymentUrl, post } from "./test-support/http-calls.ts";
import { goClient, type Frame, type Peer } from "./test-support/peer.ts";
import { paymentText, termsText } from "./test-support/scripted-wallet.ts";

const nats = withNatsServer();
let edge: TestEdge;
beforeAll(async () => {
  edge = await startTestEdge(nats.url);
});

/** All that ElectrumSV reads: any other `type`, or a member that is missing, ends its connection for good. */
const known = [
  ...["join.success", "paymentterms.create", "paymentterms.response", "paymentterms.error"],
  ...["payment", "payment.ack", "payment.error", "channel.expired"],
];
const texts = ["correlationId", "appId", "clientID", "userId", "messageId", "channelId", "timestamp", "type"];

function expectReadable(wallet: Peer): void {
  for (const frame of wallet.frames) {
    expect(known).toContain(frame["type"]);
    for (const member of texts) expect(frame[member], member).toBeTypeOf("string");
    expect(frame["expiration"] === null || typeof frame["expiration"] === "string").toBe(true);
    expect(frame["body"], "body").toBeTypeOf("object");
    expect(frame["headers"], "headers").toBeTypeOf("object");
  }
}

/** A frame as ElectrumSV writes it. */
function frame(type: string, channelId: string, body: unknown, correlationId = ""): Frame {
  const ids = { correlationId, appId: "", clientID: "", userId: "", messageId: crypto.randomUUID(), channelId };
  return { ...ids, expiration: null, body, timestamp: "2026-01-15T10:00:00.123456Z", type, headers: {} };
}

describe("a merchant that calls the terms paymentterms.*", () => {
  it("is asked over HTTP before it has spoken, answers, is paid, and never gets what it does not know", async () => {
    const id = newChannelId();
    const url = paymentUrl(edge, id);
    const shop = await edge.join(`${id}?internal=true`);
    const asked = get(url, { prefer: "wait=10" });
    const question = await hearType(shop, "paymentterms.create");
    const envelope = { payload: '{"network":"regtest"}', signature: null, publicKey: null };
    shop.send(frame("paymentterms.response", id, envelope, String(question["correlationId"])));
    expect(await asked).toMatchObject({ status: 200, text: JSON.stringify(envelope) });
    const paying = post(url, paymentText(1), { prefer: "wait=10" });
    const payment = await hearType(shop, "payment");
    shop.send(frame("payment.ack", id, { modeId: "ef63d9775da5", mode: {} }, String(payment["correlationId"])));
    expect((await paying).status).toBe(201);
    expectReadable(shop);
    expect(shop.frames.filter((each) => "key" in each)).toEqual([question]);
  });

  it("is asked on a socket under that name once it has shown it; the customer hears its own", async () => {
    const id = newChannelId();
    const shop = await edge.join(`${id}?internal=true`);
    const wallet = await edge.join(`${id}?dialect=p4`);
    wallet.say("paymentrequest.create");
    const first = await hearType(shop, "paymentterms.create");
    expect(first).toMatchObject({ key: "paymentrequest.create" });
    shop.send(frame("paymentterms.error", id, { code: "400", message: "not yet" }));
    await wallet.hear("paymentrequest.error");
    wallet.say("paymentrequest.create");
    const second = await hearType(shop, "paymentterms.create", 2);
    expect(second).not.toHaveProperty("key");
    shop.send(frame("paymentterms.response", id, JSON.parse(termsText)));
    await wallet.hear("paymentrequest.response");
    expectReadable(shop);
  });

  it("is not sent proofs and errors: a refusal closes its socket, and it comes back", async () => {
    const id = newChannelId();
    const shop = await edge.join(`${id}?internal=true`);
    shop.send(frame("paymentterms.response", id, {}));
    shop.send(frame("payment.ack", id, {}));
    expect(await shop.closed()).toEqual({ code: 4100, reason: "ILLEGAL_STEP" });
    expectReadable(shop);
    // The channel's log tells which names it uses: it need not speak first.
    const back = await edge.join(`${id}?internal=true`);
    back.send(frame("payment.ack", id, {}));
    expect(await back.closed()).toEqual({ code: 4100, reason: "ILLEGAL_STEP" });
    expectReadable(back);
  });

  it("has answered nothing yet: it gets errors, since it may be of another kind", async () => {
    const shop = await edge.join(`${newChannelId()}?internal=true`);
    shop.send({ type: "payment.ack", messageId: "a1", body: {} });
    await shop.hear("error");
  });

  it("joined in another way, gets errors like all others", async () => {
    const id = newChannelId();
    for (const query of ["role=merchant", "role=merchant&dialect=p4", "internal=true&dialect=p4"]) {
      const shop = await edge.join(`${id}?${query}`);
      shop.send({ key: "paymentterms.response", messageId: query, body: {} });
      shop.send({ key: "payment.ack", messageId: `${query}2`, body: {} });
      expect(await shop.hear("error")).toMatchObject({ originKey: "payment.ack" });
      await shop.leave();
    }
  });
});

describe("the Go library's merchant", () => {
  it("is asked under the names that it knows, and under no other, before it has spoken", async () => {
    for (const headers of [{ ...goClient }, { "user-agent": "go-http-client/2.0" }]) {
      const id = newChannelId();
      const payd = await edge.join(`${id}?internal=true`, [], headers);
      void get(paymentUrl(edge, id), { prefer: "wait=0" });
      const question = await hearType(payd, "paymentrequest.create");
      expect(question).not.toHaveProperty("key");
    }
    const id = newChannelId();
    const named = await edge.join(`${id}?internal=true&dialect=dpp`);
    void get(paymentUrl(edge, id), { prefer: "wait=0" });
    expect(await hearType(named, "paymentrequest.create")).not.toHaveProperty("key");
  });
});

describe("a customer that calls the terms paymentterms.*", () => {
  it("is answered so in either wrapper, and refused so; the merchant hears its own name", async () => {
    for (const member of ["key", "type"]) {
      const id = newChannelId();
      const shop = await edge.join(`${id}?role=merchant&dialect=p4`);
      const wallet = await edge.join(`${id}?role=customer`);
      wallet.send({ [member]: "paymentterms.create", messageId: "q1" });
      expect(await shop.hear("paymentrequest.create")).toMatchObject({ messageId: "q1" });
      shop.say("paymentrequest.response", { body: {} });
      expect(await wallet.hear("paymentterms.response")).toMatchObject({ [member]: "paymentterms.response" });
      wallet.send({ [member]: "paymentterms.response", messageId: "r1", body: {} });
      const error = await wallet.hear("error");
      expect(error[member === "key" ? "originKey" : "originType"]).toBe("paymentterms.response");
      expect(JSON.stringify(error["errorBody"])).toContain("paymentterms.response");
    }
  });
});

describe("OPTIONS /", () => {
  it("is 204: by it wallets choose a server", async () => {
    const url = `http://127.0.0.1:${String(edge.port)}/`;
    expect((await fetch(url, { method: "OPTIONS" })).status).toBe(204);
    expect((await fetch(url)).status).toBe(200);
  });
});

/** By the one member that such a wallet reads. */
function hearType(peer: Peer, type: string, nth = 1): Promise<Frame> {
  return waitFor(() => peer.frames.filter((each) => each["type"] === type)[nth - 1], { description: type });
}
