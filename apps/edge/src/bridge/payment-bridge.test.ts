import { signToken } from "@p4/node-crypto";
import { withNatsServer, waitFor } from "@p4/testkit";
import { describe, expect, it } from "vitest";
import { newChannelId, startTestEdge } from "../test-support/edges.ts";
import { get, locationOf, paymentUrl, post } from "../test-support/http-calls.ts";
import {
  ackText,
  bodyTextOf,
  failedAckText,
  joinScripted,
  paymentText,
  quickMerchant,
  sayText,
  termsText,
  type Script,
} from "../test-support/scripted-wallet.ts";

const nats = withNatsServer();

async function given(script: Script, environment: Record<string, string> = {}) {
  const edge = await startTestEdge(nats.url, environment);
  const channelId = newChannelId();
  const merchant = await joinScripted(edge, channelId, script);
  return { edge, channelId, merchant, url: paymentUrl(edge, channelId) };
}

describe("GET and POST /api/v1/payment/:paymentID", () => {
  it("completes a payment, every body untouched", async () => {
    const { url, merchant } = await given(quickMerchant);
    const request = await get(url);
    expect([request.status, request.text]).toEqual([200, termsText]);
    expect(request.headers.get("content-type")).toBe("application/json");
    const body = paymentText(1, ',"unknown":{"big":12345678901234567890,"one":1.0}');
    const answer = await post(url, body);
    expect([answer.status, answer.text]).toEqual([201, ackText]);
    expect(bodyTextOf(merchant, "payment")).toBe(body);
  });

  it("asks the merchant once for all who ask, and asks with a correlation id", async () => {
    const { url, merchant } = await given(quickMerchant);
    for (let i = 0; i < 3; i++) expect((await get(url)).text).toBe(termsText);
    const asked = merchant.frames.filter((frame) => frame["key"] === "paymentrequest.create");
    expect(asked).toHaveLength(1);
    expect(asked[0]?.["correlationID"]).not.toBe("");
  });

  it("answers clients of BIP270 in their own media types", async () => {
    const { url } = await given(quickMerchant);
    const request = await get(url, { accept: "application/bitcoinsv-paymentrequest" });
    expect(request.headers.get("content-type")).toBe("application/bitcoinsv-paymentrequest");
    const headers = { "content-type": "application/bitcoinsv-payment", accept: "application/bitcoinsv-paymentack" };
    const answer = await post(url, paymentText(2).replace("rawTx", "transaction"), headers);
    expect(answer.status).toBe(201);
    expect(answer.headers.get("content-type")).toBe("application/bitcoinsv-paymentack");
  });

  it("answers a refused payment 422 with the merchant's own words, and takes another", async () => {
    let refusals = 1;
    const { url } = await given((key, frame) =>
      key === "payment" && refusals-- > 0 ? ["payment.ack", failedAckText] : quickMerchant(key, frame),
    );
    const refused = await post(url, paymentText(3));
    expect([refused.status, refused.text]).toEqual([422, failedAckText]);
    expect(await post(url, paymentText(3))).toMatchObject({ status: 422, text: failedAckText });
    expect(await post(url, paymentText(4))).toMatchObject({ status: 201, text: ackText });
  });

  it("answers an old payment with its own words, however long, after another was accepted", async () => {
    const refusal = `{"memo":"${"too little, ".repeat(10_000)}","error":1}`;
    let refusals = 1;
    const { url } = await given((key, frame) =>
      key === "payment" && refusals-- > 0 ? ["payment.ack", refusal] : quickMerchant(key, frame),
    );
    const old = paymentText(13, `,"note":"${"x".repeat(5_000)}"`);
    expect((await post(url, old)).text).toBe(refusal);
    expect((await post(url, paymentText(14))).status).toBe(201);
    expect(await post(url, old)).toMatchObject({ status: 422, text: refusal });
  });

  it.each([
    ['{"id":"1","code":"404","title":"Not found","message":"no"}', 404],
    ['{"code":"N0001","message":"no"}', 404],
    ['{"Code":"404","Message":"no"}', 404],
    ['{"code":"400","message":"no"}', 400],
    ['{"code":400,"message":"no"}', 400],
    ['{"code":"409","message":"no"}', 409],
    ['{"code":409}', 409],
    ['{"code":"422","message":"no"}', 422],
    ['{"code":422}', 422],
    ['{"code":"200"}', 500],
    ['{"code":201}', 500],
    ['{"code":"toString"}', 500],
    ['{"code":{}}', 500],
    ['"422"', 500],
    ['{"code":"E500","message":"no","one":1.0}', 500],
  ])("passes the merchant's error %s on as %i", async (body, status) => {
    const { url } = await given((key) =>
      key === "paymentrequest.create"
        ? ["paymentrequest.error", body]
        : key === "payment"
          ? ["payment.error", body]
          : null,
    );
    expect(await get(url)).toMatchObject({ status, text: body });
    expect(await post(url, paymentText(5))).toMatchObject({ status, text: body });
  });

  it("says 404 to GET and POST of an unknown invoice, and does not open it", async () => {
    const { edge } = await given(quickMerchant);
    const url = paymentUrl(edge, newChannelId());
    for (const answer of [
      await get(url),
      await post(url, paymentText(6)),
      await get(`${url}/answers/x`),
      await get(url),
    ]) {
      expect(answer.status).toBe(404);
      expect(answer.headers.get("content-type")).toBe("application/problem+json");
    }
  });

  it.each(["", "{", "<payment/>", "rawTx=00", "[".repeat(100) + "]".repeat(100)])(
    "refuses the payment %.20s: it is no JSON, or nests too deep",
    async (body) => {
      const { url, merchant } = await given(quickMerchant);
      const answer = await post(url, body);
      expect(answer.status).toBe(400);
      const { errors } = JSON.parse(answer.text) as { errors: Record<string, string[]> };
      expect(Object.keys(errors)).toEqual(["body"]);
      expect(errors["body"]?.[0]).toMatch(/\w{2}/);
      expect(merchant.keys).not.toContain("payment");
    },
  );

  it("says 409 to a second payment, 413 to too much, 401 without a token", async () => {
    const { url } = await given(quickMerchant, { P4_MAX_MESSAGE_BYTES: "2000" });
    expect((await post(url, paymentText(7))).status).toBe(201);
    expect(await post(url, paymentText(8))).toMatchObject({ status: 409 });
    expect(await get(url)).toMatchObject({ status: 409 });
    expect((await post(url, paymentText(8, `,"x":"${"x".repeat(2000)}"`))).status).toBe(413);
    const guarded = await startTestEdge(nats.url, { P4_JOIN_POLICY: "token", P4_JOIN_SECRET: "0123456789abcdef" });
    expect((await get(paymentUrl(guarded, "inv1"))).status).toBe(401);
  });
});

describe("retries", () => {
  it.each([paymentText(10), '{"rawTx":"00","memo":"no transaction that we can read"}'])(
    "gives the stored answer to the same payment and to the same Idempotency-Key: %s",
    async (body) => {
      const { url, merchant } = await given(quickMerchant);
      const keyed = { "idempotency-key": "order-1" };
      for (const headers of [keyed, keyed, {}]) {
        expect(await post(url, body, headers)).toMatchObject({ status: 201, text: ackText });
      }
      expect(merchant.keys.filter((key) => key === "payment")).toHaveLength(1);
    },
  );

  it("refuses a key that was used for another payment", async () => {
    const { url } = await given(quickMerchant);
    const keyed = { "idempotency-key": "order-2" };
    await post(url, paymentText(11), keyed);
    const other = await post(url, paymentText(12), keyed);
    expect(other.status).toBe(422);
    expect(JSON.parse(other.text)).toMatchObject({ code: "MESSAGE_ID_REUSED" });
  });

  it("lets a payment that the merchant could not judge be sent again, but repeats the answer to its key", async () => {
    let failures = 1;
    const { url } = await given((key, frame) =>
      key === "payment" && failures-- > 0 ? ["payment.error", '{"code":"busy"}'] : quickMerchant(key, frame),
    );
    const keyed = { "idempotency-key": "order-3" };
    expect((await post(url, paymentText(13), keyed)).status).toBe(500);
    expect((await post(url, paymentText(13), keyed)).text).toBe('{"code":"busy"}');
    expect((await post(url, paymentText(13))).status).toBe(201);
  });
});

describe("an answer", () => {
  it("is given to who asked, and not to who guesses the message's id or its key", async () => {
    const { url, edge, merchant } = await given(quickMerchant);
    const body = paymentText(40, ',"refundTo":"mine"');
    expect((await post(url, body, { "idempotency-key": "order-4" })).status).toBe(201);
    const { messageId } = await merchant.hear("payment");
    expect(messageId).toMatch(/^idem-/);
    expect((await get(`${url}/answers/${String(messageId)}`)).status).toBe(404);

    const other = newChannelId();
    await joinScripted(edge, other, quickMerchant);
    const wallet = await edge.join(`${other}?role=customer&dialect=p4`);
    wallet.send({ key: "payment", messageId: "1", body: JSON.parse(body) });
    await wallet.hear("payment.ack");
    expect((await get(`${paymentUrl(edge, other)}/answers/1`)).status).toBe(404);
  });

  it("is another for the same key of another wallet", async () => {
    const { url } = await given(() => null);
    const ask = (wallet: string, n: number) =>
      post(`${url}?wallet=${wallet.repeat(32)}`, paymentText(n), { "idempotency-key": "1", prefer: "wait=0" });
    expect((await ask("a", 41)).status).toBe(202);
    expect((await ask("a", 42)).status).toBe(422);
    // Not MESSAGE_ID_REUSED: the merchant judges the first one's payment.
    expect(JSON.parse((await ask("b", 42)).text)).toMatchObject({ code: "PAYMENT_PENDING" });
  });
});

describe("a slow merchant", () => {
  it("is waited for as long as the client prefers; the answer is kept at the Location", async () => {
    const { url, merchant } = await given(() => null);
    const early = await post(url, paymentText(20), { prefer: "respond-async, wait=0" });
    expect(early.status).toBe(202);
    expect(early.headers.get("preference-applied")).toBe("wait=0");
    expect(Number(early.headers.get("retry-after"))).toBeGreaterThan(0);
    const location = locationOf(early, url);
    expect((await get(location, { prefer: "wait=0" })).status).toBe(202);
    const late = get(location);
    const { correlationID } = await merchant.hear("payment");
    sayText(merchant, "payment.ack", ackText, correlationID);
    expect(await late).toMatchObject({ status: 201, text: ackText });
    for (const again of [await get(location), await post(url, paymentText(20))]) {
      expect(again).toMatchObject({ status: 201, text: ackText });
    }
  });

  it("answers at the Location whoever came with a token in the payment URL", async () => {
    const secret = "0123456789abcdef";
    const edge = await startTestEdge(nats.url, { P4_JOIN_POLICY: "token", P4_JOIN_SECRET: secret });
    const channelId = newChannelId();
    const tokenOf = (role: "merchant" | "customer") => signToken(secret, { channelId, role });
    await joinScripted(edge, channelId, () => null, `token=${tokenOf("merchant")}`);
    const url = paymentUrl(edge, channelId);
    const early = await get(`${url}?token=${tokenOf("customer")}`, { prefer: "wait=0" });
    const again = await get(locationOf(early, url), { prefer: "wait=0" });
    expect([early.status, again.status]).toEqual([202, 202]);
    expect(locationOf(again, url)).toBe(locationOf(early, url));
    // What came in a header stays out of URLs.
    const named = await get(url, { prefer: "wait=0", authorization: `Bearer ${tokenOf("customer")}` });
    expect([named.status, new URL(locationOf(named, url)).search]).toEqual([202, ""]);
  });

  it("is not waited for any longer once the client has gone", async () => {
    const { url, edge } = await given(() => null);
    const leave = new AbortController();
    const waiting = fetch(url, { signal: leave.signal, headers: { prefer: "wait=60" } }).catch(() => "gone");
    await waitFor(async () => (await edge.metric("edge_bridge_waits")) === 1);
    leave.abort();
    expect(await waiting).toBe("gone");
    await waitFor(async () => (await edge.metric("edge_bridge_waits")) === 0);
  });

  it("costs the client no answer when the node shuts down", async () => {
    const { url, edge } = await given(() => null);
    const waiting = post(url, paymentText(21), { prefer: "wait=60" });
    await waitFor(async () => (await edge.metric("edge_bridge_waits")) === 1);
    await edge.close();
    expect((await waiting).status).toBe(202);
  });
});

describe("who may answer", () => {
  it("is the merchant alone: a customer's forged ack ends no wait", async () => {
    const { url, edge, channelId, merchant } = await given(() => null);
    const forgers = [
      await edge.join(`${channelId}?role=customer&dialect=p4`),
      await edge.join(`${channelId}?dialect=p4`),
    ];
    const waiting = post(url, paymentText(30));
    const { correlationID } = await merchant.hear("payment");
    for (const forger of forgers) {
      sayText(forger, "payment.ack", '{"memo":"forged"}', correlationID);
      expect((await forger.hear("error"))["errorBody"].errCode).toMatch(/^ROLE_/);
    }
    sayText(merchant, "payment.ack", ackText, correlationID);
    expect(await waiting).toMatchObject({ status: 201, text: ackText });
  });

  it("shares the answer to a request that is pending already", async () => {
    const { url, edge, channelId, merchant } = await given(() => null);
    const other = await edge.join(`${channelId}?role=customer&dialect=p4`);
    sayText(other, "paymentrequest.create", "null", "theirs");
    await merchant.hear("paymentrequest.create");
    const keyed = { "idempotency-key": "mine", prefer: "wait=0" };
    // A request is pending already: it is waited for, not repeated.
    const shared = get(url);
    sayText(merchant, "paymentrequest.response", termsText, "theirs");
    expect(await shared).toMatchObject({ status: 200, text: termsText });
    expect(await get(url, keyed)).toMatchObject({ status: 200, text: termsText });
  });
});
