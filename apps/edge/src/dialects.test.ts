import { withNatsServer } from "@p4/testkit";
import { beforeAll, describe, expect, it } from "vitest";
import { ack, payment } from "./test-support/bodies.ts";
import { newChannelId, startTestEdge, type TestEdge } from "./test-support/edges.ts";
import { goClient, headerOf } from "./test-support/peer.ts";

const nats = withNatsServer();
let edge: TestEdge;
beforeAll(async () => {
  edge = await startTestEdge(nats.url);
});

describe("the two dialects on one channel", () => {
  it("each wallet reads its own, frame by frame; bodies, headers and unknown members survive", async () => {
    const id = newChannelId();
    const go = await edge.join(`${id}?internal=true`, [], goClient);
    const doc = await edge.join(`${id}?dialect=p4`);
    expect(go.texts[0]).toMatch(/"type":"join\.success","headers":\{"x-channel-expires":\["/);
    expect(doc.texts[0]).toMatch(/"key":"join\.success".*"headers":\{"x-channel-expires":"/);
    const time = "2026-01-15T10:00:00Z";
    doc.send(
      `{"id":"i1","key":"paymentrequest.create","body":null,"messageId":"m1","correlationID":"c1","timestamp":"${time}",` +
        `"headers":{"X-Origin-ID":"me","x-p4-sequence":"999"},"channelID":"${id}","appId":"mine","userId":"u1","note":[1.0]}`,
    );
    const asked = await go.hear("paymentrequest.create");
    const docId = headerlessClientId(asked);
    const sequence = headerOf(asked, "x-p4-sequence");
    expect(sequence).not.toBe("999");
    expect(go.texts[1]).toBe(
      `{"correlationId":"c1","appId":"mine","clientID":"${docId}","userId":"u1","expiration":null,"body":null,"messageId":"m1",` +
        `"channelId":"${id}","timestamp":"${time}","type":"paymentrequest.create",` +
        `"headers":{"X-Origin-ID":["me"],"x-p4-sequence":["${sequence}"]},"id":"i1","note":[1.0]}\n`,
    );
    // A body that no JSON parser of ours may touch.
    const body = '{"n":12345678901234567890,"x":1.0,"s":"\\u003c\\u2028","network":"regtest"}';
    go.send(
      `{"correlationId":"c1","appId":"payd","clientID":"forged","userId":"","expiration":"${time}","body":${body},"messageId":"m2",` +
        `"channelId":"${id}","timestamp":"2026-01-15T10:00:01.213719526Z","type":"paymentrequest.response","headers":{"X-Origin-Id":["shop","till"]}}\n`,
    );
    const terms = await doc.hear("paymentrequest.response");
    const expected =
      `{"id":"m2","key":"paymentrequest.response","body":${body},"messageId":"m2","correlationID":"c1",` +
      `"timestamp":"2026-01-15T10:00:01.213719526Z","headers":{"X-Origin-Id":"shop, till","x-p4-sequence":"${headerOf(terms, "x-p4-sequence")}"},` +
      `"expiration":"${time}","channelID":"${id}","appId":"payd","userId":""}`;
    expect(doc.texts[1]).toBe(expected);
    doc.say("payment", { body: payment });
    await go.hear("payment");
    go.send({ type: "payment.ack", messageId: "a1", channelId: id, body: ack, headers: {} });
    expect(await doc.hear("payment.ack")).toMatchObject({ messageId: "a1", body: ack });
  });

  it("refuses a frame in the dialect of its sender", async () => {
    const id = newChannelId();
    const go = await edge.join(`${id}?dialect=dpp`);
    go.send({ type: "proof.create", channelId: id, messageId: "m1" });
    const error = await go.hear("error");
    expect(error).toMatchObject({
      type: "error",
      originType: "proof.create",
      errorBody: { ErrCode: "EDGE_SERVER_KEY" },
    });
    const doc = await edge.join(`${id}?dialect=p4`);
    doc.say("proof.create");
    expect(await doc.hear("error")).toMatchObject({
      originKey: "proof.create",
      errorBody: { errCode: "EDGE_SERVER_KEY" },
    });
  });

  it("until its first frame, a wallet gets what both can read; that frame settles its dialect", async () => {
    const id = newChannelId();
    const [plain, go] = [await edge.join(`${id}?role=merchant`), await edge.join(id)];
    expect(plain.frames[0]).toMatchObject({ key: "join.success", type: "join.success", channelID: id });
    expect(plain.frames[0]?.["headers"]["x-p4-state"]).toBe("awaitingTermsRequest");
    go.send({ type: "paymentrequest.create", channelId: id, messageId: "m1" });
    expect(await plain.hear("paymentrequest.create")).toMatchObject({
      key: "paymentrequest.create",
      type: "paymentrequest.create",
    });
    plain.say("paymentrequest.response", { body: { network: "regtest" } });
    const terms = await go.hear("paymentrequest.response");
    expect(terms).toMatchObject({ type: "paymentrequest.response", channelId: id });
    expect(terms).not.toHaveProperty("key");
    go.send({ type: "payment", channelId: id, messageId: "m2", body: payment });
    expect(await plain.hear("payment")).not.toHaveProperty("type");
  });

  it("before its first frame, Go's client gets headers as lists, without which it leaves; all others get text", async () => {
    const id = newChannelId();
    for (const query of ["", "?role=customer", "?role=merchant", "?since=0"]) {
      const plain = await edge.join(`${id}${query}`);
      expect(plain.frames[0]).toMatchObject({ key: "join.success", type: "join.success" });
      expect(Object.values(plain.frames[0]?.["headers"] as object).every((value) => typeof value === "string")).toBe(
        true,
      );
      const go = await edge.join(`${id}${query}`, [], goClient);
      expect(go.frames[0]).toMatchObject({ key: "join.success", type: "join.success" });
      expect(Object.values(go.frames[0]?.["headers"] as object).every(Array.isArray)).toBe(true);
    }
    for (const headers of [{}, goClient]) {
      const merchant = await edge.join(`${id}?internal=true`, [], headers);
      expect(Object.values(merchant.frames[0]?.["headers"] as object).every(Array.isArray)).toBe(true);
      const named = await edge.join(`${id}?dialect=p4`, [], headers);
      expect(named.frames[0]?.["headers"]["x-p4-state"]).toBe("awaitingTermsRequest");
    }
  });

  it("can be chosen as a subprotocol, which is then confirmed", async () => {
    const peer = await edge.join(newChannelId(), ["p4"]);
    expect(peer.socket.protocol).toBe("p4");
    expect(peer.frames[0]).not.toHaveProperty("type");
    const health = await edge.join("health", ["dpp"]);
    expect(health.socket.protocol).toBe("dpp");
  });
});

function headerlessClientId(frame: Record<string, unknown>): string {
  return String(frame["clientID"]);
}
