import { signToken } from "@p4/node-crypto";
import { openChannelNode } from "@p4/app";
import { waitFor, wallClock, withNatsServer } from "@p4/testkit";
import { describe, expect, it, onTestFinished } from "vitest";
import { newChannelId, startTestEdge, type TestEdge } from "../test-support/edges.ts";
import { get, paymentUrl, post } from "../test-support/http-calls.ts";
import {
  ackText,
  joinScripted,
  paymentText,
  quickMerchant,
  sayText,
  termsText,
} from "../test-support/scripted-wallet.ts";

const nats = withNatsServer();
const wallet = "a-secret-of-the-wallet";

interface Received {
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

/** Reads server-sent events the way a browser does. */
async function listen(url: string, headers: Record<string, string> = {}) {
  const abort = new AbortController();
  onTestFinished(() => abort.abort());
  const response = await fetch(url, { headers, signal: abort.signal });
  const events: Received[] = [];
  const stream = { status: response.status, response, events, ended: false, leave: () => abort.abort() };
  void (async () => {
    let text = "";
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      const blocks = text.split("\n\n");
      text = blocks.pop() ?? "";
      for (const block of blocks) {
        const fields = new Map(
          block.split("\n").map((line) => [line.slice(0, line.indexOf(": ")), line.slice(line.indexOf(": ") + 2)]),
        );
        if (fields.has("data"))
          events.push({ id: fields.get("id") ?? "", event: fields.get("event") ?? "", data: fields.get("data") ?? "" });
      }
    }
    stream.ended = true;
  })().catch(() => undefined);
  return stream;
}

function eventsUrl(edge: TestEdge, channelId: string, query = ""): string {
  return `http://127.0.0.1:${String(edge.port)}/channels/${channelId}/events${query}`;
}

async function given(environment: Record<string, string> = {}, more: Parameters<typeof startTestEdge>[2] = {}) {
  const edge = await startTestEdge(nats.url, environment, more);
  const channelId = newChannelId();
  const merchant = await joinScripted(edge, channelId, quickMerchant);
  return { edge, channelId, merchant, url: paymentUrl(edge, channelId) };
}

/** As an operator would. */
async function closeChannel(channelId: string): Promise<void> {
  const node = await openChannelNode({
    natsUrl: nats.url,
    name: "operator",
    region: "local",
    shards: 2,
    replicas: 1,
    retentionMs: 90 * 86_400_000,
  });
  const metadata = { commandId: "close", nowMs: Date.now(), correlationId: "", causationId: "test" };
  await node.registry.submit(channelId, { type: "CloseChannel", by: "operator", reason: "test", metadata });
  await node.close();
}

describe("GET /channels/:channelID/events", () => {
  it("tells a customer what the merchant says, live, as frames of the document on one line", async () => {
    const { edge, channelId, merchant } = await given();
    const stream = await listen(eventsUrl(edge, channelId));
    expect(stream.response.headers.get("content-type")).toBe("text/event-stream");
    sayText(merchant, "paymentrequest.response", '{\n  "outputs": [],\r\n  "one": 1.0\n}');
    await waitFor(() => stream.events.length === 1);
    const [event] = stream.events;
    expect(event?.event).toBe("paymentrequest.response");
    expect(event?.data).toContain('"one": 1.0');
    expect(JSON.parse(event?.data ?? "")).toMatchObject({
      key: "paymentrequest.response",
      channelID: channelId,
      headers: { "x-p4-sequence": event?.id },
    });
  });

  it("goes on after Last-Event-ID without a gap and without a repeat, until the channel's end", async () => {
    const { edge, channelId, url, merchant } = await given();
    const first = await listen(eventsUrl(edge, channelId, `?since=0&wallet=${wallet}`));
    await get(url);
    await waitFor(() => first.events.length === 1);
    first.leave();
    sayText(merchant, "paymentrequest.response", termsText);
    await post(`${url}?wallet=${wallet}`, paymentText(1));
    // A browser calls the same URL again: the header counts, not the query.
    const resumed = await listen(eventsUrl(edge, channelId, `?since=0&wallet=${wallet}`), {
      "last-event-id": first.events[0]?.id ?? "",
    });
    await waitFor(() => resumed.events.length === 2);
    await closeChannel(channelId);
    await waitFor(() => resumed.ended);
    const told = [...first.events, ...resumed.events];
    expect(told.map(({ event }) => event)).toEqual([
      "paymentrequest.response",
      "paymentrequest.response",
      "payment.ack",
      "channel.closed",
    ]);
    expect(told.map(({ id }) => Number(id))).toEqual(told.map(({ id }) => Number(id)).sort((x, y) => x - y));
    expect(told[2]?.data).toContain(ackText);
    const over = await fetch(eventsUrl(edge, channelId), { headers: { "last-event-id": told.at(-1)?.id ?? "" } });
    expect(over.status).toBe(204);
    const late = await listen(eventsUrl(edge, channelId));
    await waitFor(() => late.ended);
    expect(late.events.map(({ event }) => event)).toEqual(["invoice.paid", "channel.closed"]);
  });

  it("shows no payments: others learn that the invoice is paid", async () => {
    const { edge, channelId, url } = await given();
    const listeners = [
      await listen(eventsUrl(edge, channelId)),
      await listen(eventsUrl(edge, channelId, "?wallet=another-wallet-secret")),
    ];
    await post(`${url}?wallet=${wallet}`, paymentText(2));
    for (const listener of listeners) {
      await waitFor(() => listener.events.length === 1);
      expect(listener.events.map(({ event }) => event)).toEqual(["invoice.paid"]);
    }
    // A client that merely claims to be the merchant has no seat to show.
    expect((await get(eventsUrl(edge, channelId, "?role=merchant"))).status).toBe(403);
  });

  it("asks for a token where sockets need one, and grants its role and no other", async () => {
    const secret = "0123456789abcdef";
    const edge = await startTestEdge(nats.url, { P4_JOIN_POLICY: "token", P4_JOIN_SECRET: secret });
    const channelId = newChannelId();
    const token = (role: "merchant" | "customer") =>
      signToken(secret, { channelId, role, expiresAtMs: Date.now() + 60_000 });
    await joinScripted(edge, channelId, quickMerchant, `token=${token("merchant")}`);
    expect((await get(eventsUrl(edge, channelId))).status).toBe(401);
    expect((await get(eventsUrl(edge, channelId, `?role=merchant&token=${token("customer")}`))).status).toBe(401);
    expect((await listen(eventsUrl(edge, channelId, `?token=${token("customer")}`))).status).toBe(200);
    const merchants = await listen(eventsUrl(edge, channelId, `?token=${token("merchant")}`));
    await post(`${paymentUrl(edge, channelId)}?token=${token("customer")}`, paymentText(3));
    await waitFor(() => merchants.events.length === 1);
    expect(merchants.events.map(({ event }) => event)).toEqual(["payment"]);
  });

  it("ends with the token that it was opened with", async () => {
    const clock = wallClock();
    const secret = "0123456789abcdef";
    const edge = await startTestEdge(nats.url, { P4_JOIN_POLICY: "token", P4_JOIN_SECRET: secret });
    const channelId = newChannelId();
    await joinScripted(edge, channelId, quickMerchant, `token=${signToken(secret, { channelId, role: "merchant" })}`);
    const short = signToken(secret, { channelId, role: "customer", expiresAtMs: Date.now() + 600_000 });
    const stream = await listen(eventsUrl(edge, channelId, `?token=${short}`));
    expect([stream.status, stream.ended]).toEqual([200, false]);
    clock.pass(600_000);
    await waitFor(() => stream.ended);
    expect((await get(eventsUrl(edge, channelId, `?token=${short}`))).status).toBe(401);
  });

  it("takes an empty Last-Event-ID for none", async () => {
    const { edge, channelId, merchant } = await given();
    sayText(merchant, "paymentrequest.response", termsText);
    const stream = await listen(eventsUrl(edge, channelId, "?since=0"), { "last-event-id": "" });
    expect(stream.status).toBe(200);
    await waitFor(() => stream.events.some(({ event }) => event === "paymentrequest.response"));
  });

  it("refuses an unknown channel and a Last-Event-ID that is none", async () => {
    const { edge, channelId } = await given();
    expect((await get(eventsUrl(edge, newChannelId()))).status).toBe(404);
    expect((await get(eventsUrl(edge, channelId), { "last-event-id": "x" })).status).toBe(400);
    expect((await get(eventsUrl(edge, channelId, "?since=-1"))).status).toBe(400);
  });

  it("ends when the node shuts down, with no open connection left", async () => {
    const { edge, channelId } = await given();
    const streams = [await listen(eventsUrl(edge, channelId)), await listen(eventsUrl(edge, channelId))];
    await waitFor(async () => (await edge.metric("edge_listeners")) === 2);
    streams[0]?.leave();
    await waitFor(async () => (await edge.metric("edge_listeners")) === 1);
    await edge.close();
    await waitFor(() => streams[1]?.ended);
  });

  it("lets pages in browsers call, with the headers that the bridge understands", async () => {
    const { url } = await given();
    const asked = "content-type,idempotency-key,prefer,last-event-id";
    const headers = {
      origin: "https://wallet.example",
      "access-control-request-method": "POST",
      "access-control-request-headers": asked,
    };
    const preflight = await fetch(url, { method: "OPTIONS", headers });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-headers")).toBe(asked);
    expect(preflight.headers.get("access-control-allow-methods")).toContain("POST");
    const answer = await get(url, { origin: "https://wallet.example" });
    expect(answer.headers.get("access-control-allow-origin")).toBe("*");
    expect(answer.headers.get("access-control-expose-headers")).toMatch(/location.*retry-after/);
  });
});

describe("listeners over HTTP", () => {
  const socketOf = (edge: TestEdge, channelId: string) => edge.upgrade(`${channelId}?role=customer`);

  it("take places of their channel, none of them a socket's, and give them back", async () => {
    const { edge, channelId } = await given({}, { limits: { maxListenersPerChannel: 2 } });
    const url = eventsUrl(edge, channelId);
    const burst = await Promise.all(Array.from({ length: 6 }, () => listen(url)));
    const [open, refused] = [200, 429].map((status) => burst.filter((stream) => stream.status === status));
    expect([open?.length, refused?.length]).toEqual([2, 4]);
    const more = await fetch(url);
    expect([more.status, more.headers.get("retry-after")]).toEqual([429, "1"]);
    expect(await more.json()).toMatchObject({ code: "EDGE_CHANNEL_CROWDED" });
    expect(await socketOf(edge, channelId)).toMatchObject({ status: 101 });
    open?.[0]?.leave();
    await waitFor(async () => (await listen(url)).status === 200);
  });

  it("take places of their address, like sockets", async () => {
    const { edge, channelId } = await given({ P4_MAX_CONNECTIONS_PER_IP: "3" });
    const url = eventsUrl(edge, channelId);
    const first = await listen(url);
    await listen(url);
    const third = await fetch(url);
    expect([third.status, await third.json()]).toMatchObject([429, { code: "HTTP_TOO_MANY_CONNECTIONS" }]);
    expect(await socketOf(edge, channelId)).toMatchObject({ status: 429 });
    first.leave();
    await waitFor(async () => (await listen(url)).status === 200);
  });
});
