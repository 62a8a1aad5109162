import { closeCodeRanges, readCloseReason } from "@p4/protocol";
import { signToken } from "@p4/node-crypto";
import { waitFor, withNatsServer } from "@p4/testkit";
import { beforeAll, describe, expect, it } from "vitest";
import { startDetour } from "./test-support/detour.ts";
import { newChannelId, startTestEdge, type TestEdge } from "./test-support/edges.ts";
import { openPeer } from "./test-support/peer.ts";

const nats = withNatsServer();
const secret = "s".repeat(32);
const fromPage = { origin: "https://shop.example" };
let open: TestEdge;
let strict: TestEdge;
let guarded: TestEdge;
beforeAll(async () => {
  open = await startTestEdge(nats.url, {}, { limits: { maxSocketsPerChannel: 2 } });
  strict = await startTestEdge(nats.url, { P4_JOIN_POLICY: "merchant-first" });
  guarded = await startTestEdge(nats.url, { P4_JOIN_POLICY: "token", P4_JOIN_SECRET: secret });
});

/** What a program on the standard WebSocket learns; here Node's, which hides the HTTP answer as a browser does. */
async function closeOf(edge: TestEdge, path: string): Promise<{ code: number; reason: string; opened: boolean }> {
  const peer = openPeer(edge.url(path));
  let opened = false;
  peer.socket.addEventListener("open", () => (opened = true));
  return { ...(await peer.closed()), opened };
}

async function crowdedChannel(): Promise<string> {
  const id = newChannelId();
  await open.join(id);
  await open.join(id);
  return id;
}

describe("a refused join", () => {
  it.each([
    [400, 4400, "EDGE_BAD_JOIN", "role: ", () => [open, `${newChannelId()}?role=owner`]],
    [400, 4400, "EDGE_BAD_JOIN", "channelID: ", () => [open, "a.b"]],
    [400, 4400, "HTTP_BAD_PATH", "", () => [open, "%zz"]],
    [401, 4401, "EDGE_TOKEN", "token: ", () => [guarded, newChannelId()]],
    [401, 4401, "EDGE_TOKEN", "token: ", () => [guarded, `${newChannelId()}?token=x`]],
    [404, 4404, "CHANNEL_UNKNOWN", "", () => [strict, newChannelId()]],
    [429, 4100, "EDGE_CHANNEL_CROWDED", "", async () => [open, await crowdedChannel()]],
  ] as [number, number, string, string, () => [TestEdge, string] | Promise<[TestEdge, string]>][])(
    "is %i as HTTP, and closed with %i in a browser: %s",
    async (status, code, errorCode, start, where) => {
      const [edge, path] = await where();
      const answer = await edge.upgrade(path);
      expect(answer.status).toBe(status);
      expect(JSON.parse(answer.body)).toMatchObject({ status, code: errorCode });
      const { detail } = JSON.parse(answer.body) as { detail: string };
      expect(detail).toMatch(new RegExp(`^${start}`));
      expect(await closeOf(edge, path)).toEqual({ code, reason: `${errorCode}: ${detail}`, opened: true });
      const range = closeCodeRanges.find(({ from, to }) => code >= from && code <= to);
      expect(range?.then).toBe(status === 429 ? "joinLater" : "stop");
    },
  );

  it("counts neither as a connection nor as a channel, but as a refused join", async () => {
    const edge = await startTestEdge(nats.url, { P4_JOIN_POLICY: "merchant-first" });
    for (const path of [newChannelId(), "a.b", `${newChannelId()}?role=owner`]) await closeOf(edge, path);
    for (const name of [
      "edge_connections",
      "edge_channels",
      "edge_connections_opened_total",
      "edge_store_seconds_count",
    ])
      expect([name, await edge.metric(name)]).toEqual([name, 0]);
    expect(await edge.metric("edge_joins_refused_total")).toBe(3);
  });

  it("is told by closing to a client that sends an Origin, or asks for it, and as HTTP to one that asks for that", async () => {
    const path = `${newChannelId()}?role=owner`;
    expect((await open.upgrade(path)).status).toBe(400);
    expect((await open.upgrade(path, fromPage)).status).toBe(101);
    expect((await open.upgrade(path, { origin: "null" })).status).toBe(101);
    expect((await open.upgrade(path, { "sec-fetch-mode": "websocket" })).status).toBe(101);
    expect((await open.upgrade(path, { "sec-fetch-mode": "cors" })).status).toBe(400);
    expect((await open.upgrade(`${path}&refusal=close`)).status).toBe(101);
    expect((await open.upgrade(`${path}&refusal=http`, fromPage)).status).toBe(400);
  });

  it.each(["health", "other"])("while the broker is away is told so that the wallet comes again: %s", async (id) => {
    const detour = await startDetour(Number(new URL(nats.url).port));
    const edge = await startTestEdge(detour.url);
    detour.cut();
    await waitFor(async () => (await fetch(`http://127.0.0.1:${String(edge.port)}/readyz`)).status === 503);
    expect((await edge.upgrade(id)).status).toBe(503);
    expect(await closeOf(edge, id)).toEqual({ code: 4100, reason: "EDGE_UNREADY: the broker is away", opened: true });
    detour.mend();
    await waitFor(async () => (await edge.upgrade(id)).status === 101);
  });

  it("because of a subprotocol that is none names it, where a browser would fail without a word", async () => {
    const id = newChannelId();
    const answer = await open.upgrade(id, { "sec-websocket-protocol": "chat" });
    expect(answer.status).toBe(400);
    expect(answer.body).toContain("Sec-WebSocket-Protocol: p4 or dpp");
    const socket = new WebSocket(open.url(id), ["chat"]);
    const closed = await new Promise((resolve) =>
      socket.addEventListener("close", ({ code, reason }) => resolve({ code, reason })),
    );
    expect(closed).toMatchObject({ code: 4400, reason: expect.stringContaining("p4 or dpp") as unknown });
    expect((await open.upgrade(id, { "sec-websocket-protocol": "chat, dpp" })).status).toBe(101);
  });
});

describe("the parameters of a join", () => {
  it("that wallets in use and the documents name are all taken", async () => {
    const id = newChannelId();
    const token = signToken(secret, { channelId: id, role: "merchant" });
    const everything = `internal=true&role=merchant&dialect=dpp&since=0&receipts=true&token=${token}&wallet=${"w".repeat(16)}&refusal=http`;
    expect((await guarded.upgrade(`${id}?${everything}`)).status).toBe(101);
    expect((await open.upgrade(`${newChannelId()}?internal=true`)).status).toBe(101);
    expect((await open.upgrade(`${newChannelId()}?`)).status).toBe(101);
  });

  it.each([
    ["recepits=true", "recepits"],
    ["Role=merchant", "Role"],
    ["role=customer&role=merchant", "role"],
    ["internal=true&internal=true", "internal"],
    ["token=a&token=b", "token"],
    ["receipts=yes", "receipts"],
    ["%1b%5b31m=1", "\\u001b[31m"],
    [`${"x".repeat(500)}=1`, "x".repeat(40)],
  ])("are refused by name when one is unknown, doubled or no such text: %s", async (query, field) => {
    const { status, body } = await open.upgrade(`${newChannelId()}?${query}`);
    expect(status).toBe(400);
    const { code, detail } = JSON.parse(body) as { code: string; detail: string };
    expect(code).toBe("EDGE_BAD_JOIN");
    expect(detail.startsWith(`${field}: `)).toBe(true);
    const { reason } = await closeOf(open, `${newChannelId()}?${query}`);
    expect(readCloseReason(reason)).toMatchObject({
      code,
      detail: expect.stringContaining(field.slice(0, 30)) as unknown,
    });
    expect(new TextEncoder().encode(reason).length).toBeLessThanOrEqual(123);
  });

  it("are the same for a listener of events; a payment's URL may have others, but none of these twice", async () => {
    const id = newChannelId();
    await open.join(`${id}?role=merchant`);
    const get = (path: string) =>
      fetch(`http://127.0.0.1:${String(open.port)}${path}`, { headers: { prefer: "wait=0" } });
    const statuses = async (...paths: string[]) => Promise.all(paths.map(async (path) => (await get(path)).status));
    const events = `/channels/${id}/events`;
    expect(await statuses(`${events}?rol=merchant`, `${events}?token=a&token=b`)).toEqual([400, 400]);
    const payment = `/api/v1/payment/${id}`;
    expect(await statuses(`${payment}?from=mail`, `${payment}?token=a&token=b`)).toEqual([202, 400]);
  });
});
