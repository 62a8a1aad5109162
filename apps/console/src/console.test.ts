import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join as joinPath } from "node:path";
import { gzipSync } from "node:zlib";
import { customer, join, merchant, metadata, recordProof, paymentTxid, wallet } from "@p4/channel/testing";
import type { ChannelCommand } from "@p4/channel";
import { loadConfig } from "@p4/config";
import type { HttpRequest, HttpResponse } from "@p4/http";
import { verifyEvidence } from "@p4/evidence";
import { nodeCrypto } from "@p4/node-crypto";
import { openChannelNode, type ChannelNode } from "@p4/app";
import { loadAssets } from "@p4/pages";
import { createMetrics, Readiness } from "@p4/telemetry";
import { waitFor, withNatsServer } from "@p4/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { consoleBundles, openConsole, type Console } from "./open-console.tsx";
import type { ChannelAnswer, ChannelsAnswer, SystemAnswer } from "./views/views.ts";

const nats = withNatsServer();
const hostile = `"><img src=x onerror=alert(1)>\u202e`;
const [dataDir, lockedDir] = [1, 2].map(() => mkdtempSync(joinPath(tmpdir(), "p4-console-"))) as [string, string];
let node: ChannelNode;
let open: Console;
let locked: Console;

beforeAll(async () => {
  mkdirSync(joinPath(lockedDir, "secrets"));
  writeFileSync(joinPath(lockedDir, "secrets", "console-key"), "the-operators-secret\n", { mode: 0o600 });
  const place = { region: "test", shards: 2, replicas: 1, retentionMs: 3_600_000 };
  node = await openChannelNode({ natsUrl: nats.url, name: "test", ...place, isAlive: (id) => id === "c1" });
  const here = { ...merchant, nodeId: node.nodeId };
  await record(
    "paid",
    join(here, { channelId: "paid", metadata: metadata(1_000) }),
    join({ ...customer, nodeId: node.nodeId }),
    wallet("RequestTerms", { from: { ...customer, nodeId: node.nodeId } }),
    wallet("OfferTerms", { from: here, body: { outputs: [{ amount: 1_500, script: "6a" }], memo: hostile } }),
    wallet("SubmitPayment", { from: { ...customer, nodeId: node.nodeId }, body: { transaction: "00" } }),
    wallet("AcceptPayment", { from: here }),
    recordProof(paymentTxid),
  );
  await record("empty", join(here, { channelId: "empty", metadata: metadata(1_000) }));
  [open, locked] = [consoleWith({ P4_DATA_DIR: dataDir }), consoleWith({ P4_DATA_DIR: lockedDir })];
  // A first look waits for the index no longer than a person would.
  await waitFor(async () => !value<ChannelsAnswer>(await ask(open, "/console/api/channels")).isReading);
});

afterAll(async () => {
  open.close();
  for (const each of [dataDir, lockedDir]) rmSync(each, { recursive: true });
  locked.close();
  await node.close();
});

async function record(channelId: string, ...commands: readonly ChannelCommand[]): Promise<void> {
  for (const command of commands) expect((await node.registry.submit(channelId, command)).outcome).toBe("stored");
}

function consoleWith(environment: Record<string, string>): Console {
  return openConsole({
    config: loadConfig({ P4_REGION: "test", P4_SHARDS: "2", ...environment }),
    node,
    assets: loadAssets(consoleBundles),
    nowMs: () => 2_000,
    trouble: () => null,
    tell: () => undefined,
    metrics: createMetrics("test"),
    readiness: new Readiness(),
    onError: (error) => {
      throw error;
    },
  });
}

interface Asked {
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly method?: string;
}

/** As the server's router would. */
async function ask(target: Console, url: string, { headers = {}, body = "", method = "GET" }: Asked = {}) {
  const { pathname, searchParams } = new URL(url, "http://127.0.0.1:8445");
  const parts = pathname.split("/");
  for (const route of target.routes) {
    const pattern = route.path.split("/");
    const fits =
      pattern.length === parts.length && pattern.every((each, i) => each.startsWith(":") || each === parts[i]);
    if (!fits || route.method !== method) continue;
    const params = Object.fromEntries(
      pattern.flatMap((each, i) => (each.startsWith(":") ? [[each.slice(1), parts[i]]] : [])),
    );
    const all = { host: "127.0.0.1:8445", ...headers };
    const request = { method, path: pathname, params, query: searchParams, headers: new Map(Object.entries(all)) };
    const more = { body: new TextEncoder().encode(body), remoteAddress: "127.0.0.1" };
    return route.handle({ ...request, ...more } as unknown as HttpRequest);
  }
  throw new Error(`no route for ${url}`);
}

const value = <T>({ status, body }: HttpResponse): T => {
  expect(status).toBe(200);
  return JSON.parse(String(body)) as T;
};

describe("the list", () => {
  it("tells amount, memo and who is there", async () => {
    const answer = value<ChannelsAnswer>(await ask(open, "/console/api/channels?q=paid"));
    expect(answer).toMatchObject({ total: 1, known: 2, isReading: false, trouble: null });
    expect(answer.rows[0]).toMatchObject({
      channelId: "paid",
      state: "settled",
      satoshis: 1_500,
      memo: hostile,
      txids: [paymentTxid],
      merchant: { nodeId: node.nodeId, is: "gone" },
      customer: { nodeId: node.nodeId, is: "here" },
    });
  });

  it("is cut into pages", async () => {
    const answer = value<ChannelsAnswer>(await ask(open, "/console/api/channels?offset=1&limit=1"));
    expect([answer.total, answer.rows.length, answer.offset]).toEqual([2, 1, 1]);
  });

  it.each(["limit=101", "offset=x", "state=none"])("refuses %s", async (query) => {
    expect((await ask(open, `/console/api/channels?${query}`)).status).toBe(400);
  });
});

describe("a channel", () => {
  it("is told with bodies, what each event had sent, proofs and connections", async () => {
    const channel = value<ChannelAnswer>(await ask(open, "/console/api/channels/paid"));
    expect(channel.entries.map(({ what }) => what).join(" ")).toBe(
      "join join paymentrequest.create paymentrequest.response payment payment.ack proof.create",
    );
    const terms = channel.entries[3];
    expect(JSON.parse(terms?.body?.text ?? "")).toMatchObject({ memo: hostile });
    expect(JSON.parse(terms?.raw?.text ?? "")).toMatchObject({ key: "paymentrequest.response" });
    expect(channel.entries[4]?.sent).toEqual({ merchant: ["payment"], customer: [] });
    expect(channel.proofs).toMatchObject([{ txid: paymentTxid, status: "verified", revokedAt: null, blockHeight: 7 }]);
    expect(channel.connections.map(({ role, is }) => `${String(role)} ${is}`).toSorted()).toEqual([
      "customer here",
      "merchant gone",
    ]);
  });

  it("is not told again while nothing was stored", async () => {
    const { streamVersion } = value<{ streamVersion: number }>(await ask(open, "/console/api/channels/empty"));
    const path = `/console/api/channels/empty?known=${String(streamVersion)}`;
    expect(value(await ask(open, path))).toMatchObject({ unchanged: true });
    await record("empty", wallet("OfferTerms", { from: { ...merchant, nodeId: node.nodeId } }));
    expect(value<ChannelAnswer>(await ask(open, path)).entries).toHaveLength(2);
  });

  it("has each event byte for byte, as a file and never as a page", async () => {
    const { entries } = value<ChannelAnswer>(await ask(open, "/console/api/channels/paid"));
    const version = entries[3]?.streamVersion ?? 0;
    const { status, headers, body } = await ask(open, `/console/api/channels/paid/events/${String(version)}`);
    const [stored] = await node.log.readStream("paid", { afterVersion: version - 1, maxEvents: 1 });
    expect([status, Buffer.from(body as Uint8Array)]).toEqual([200, Buffer.from(stored?.bytes ?? [])]);
    expect(headers).toMatchObject({ "x-content-type-options": "nosniff", "content-type": "application/octet-stream" });
    expect(headers?.["content-disposition"]).toMatch(/^attachment/);
    expect((await ask(open, `/console/api/channels/empty/events/${String(version)}`)).status).toBe(404);
  });

  it("that is unknown, or no channel's id, is refused", async () => {
    expect((await ask(open, "/console/api/channels/none")).status).toBe(404);
    expect((await ask(open, "/console/api/channels/a.b")).status).toBe(400);
    expect((await ask(open, "/console/api/channels/paid/events/0")).status).toBe(400);
  });
});

describe("an action", () => {
  const own = { origin: "http://127.0.0.1:8445", "content-type": "application/json" };
  const act = (url: string, body: object, headers: Record<string, string> = own) =>
    ask(open, `/console/api/channels/${url}`, { method: "POST", headers, body: JSON.stringify(body) });
  const codeOf = ({ body }: HttpResponse): string => (JSON.parse(String(body)) as { code: string }).code;

  beforeAll(async () => {
    const future = { expiresAtMs: Date.now() + 600_000 };
    await record("live", join(merchant, { channelId: "live", metadata: metadata(Date.now()), ...future }));
  });

  it("gives more time, and its reason is in the channel's log and in the list of what was done", async () => {
    expect((await act("live/extend", { byMs: 60_000, reason: "the wallet is slow" })).status).toBe(200);
    const { entries } = value<ChannelAnswer>(await ask(open, "/console/api/channels/live"));
    expect(entries.at(-1)).toMatchObject({ what: "deadline", from: "operator" });
    expect(entries.at(-1)?.detail).toContain("console: the wallet is slow");
    const { actions } = value<{ actions: object[] }>(await ask(open, "/console/api/channels/live/actions"));
    expect(actions).toMatchObject([{ action: "extend", reason: "the wallet is slow", by: "console" }]);
  });

  it("goes no further than the terminal would", async () => {
    const days = 24 * 3_600_000;
    const beyond = await act("live/extend", { byMs: 300 * days, reason: "x" });
    expect([beyond.status, codeOf(beyond)]).toEqual([409, "BAD_DEADLINE"]);
    const unproved = await act("live/requeue", { txid: "ab".repeat(32), reason: "x" });
    expect([unproved.status, codeOf(unproved)]).toEqual([404, "PROOF_UNKNOWN"]);
    expect((await act("none/close", { reason: "x" })).status).toBe(404);
  });

  it.each([
    ["live/close", {}],
    ["live/close", { reason: "  " }],
    ["live/close", { reason: "x".repeat(501) }],
    ["live/extend", { reason: "x" }],
    ["live/extend", { reason: "x", byMs: -1 }],
    ["live/requeue", { reason: "x", txid: "zz" }],
  ])("%s with %j is refused", async (url, body) => {
    const answer = await act(url, body);
    expect([answer.status, codeOf(answer)]).toEqual([400, "CONSOLE_INVALID"]);
  });

  it("that another page sends, or a form, changes nothing", async () => {
    const close = { reason: "forged" };
    expect((await act("live/close", close, { ...own, origin: "http://evil.example" })).status).toBe(403);
    expect((await act("live/close", close, { ...own, "content-type": "text/plain" })).status).toBe(400);
    expect((await act("live/close", close, { "content-type": "application/json" })).status).toBe(403);
    expect(value<ChannelAnswer>(await ask(open, "/console/api/channels/live")).row.state).not.toBe("closed");
  });

  it("is warned of where there is money in the channel", async () => {
    expect(value<ChannelAnswer>(await ask(open, "/console/api/channels/live")).closeWarning).toBe(null);
    const { closeWarning } = value<ChannelAnswer>(await ask(open, "/console/api/channels/paid"));
    expect(closeWarning).toContain("paid and proved");
  });

  it("ends a channel, with who and why", async () => {
    expect((await act("live/close", { reason: "paid elsewhere" })).status).toBe(200);
    const { entries, row } = value<ChannelAnswer>(await ask(open, "/console/api/channels/live"));
    expect([row.state, entries.at(-1)?.detail]).toEqual(["closed", "console: paid elsewhere"]);
  });

  it("holds a channel, and evidence of it is a signed file that holds", async () => {
    expect((await act("live/hold", { reason: "case 7" })).status).toBe(200);
    const { status, body } = await ask(open, "/console/api/channels/live/evidence");
    const report = verifyEvidence(new TextEncoder().encode(String(body)), { crypto: nodeCrypto, knownKeys: [] });
    expect([status, report.verdict]).toEqual([200, "unknown-key"]);
  });
});

describe("behind a key", () => {
  const own = { origin: "http://127.0.0.1:8445", "content-type": "application/x-www-form-urlencoded" };
  const logIn = (body: string, headers: Record<string, string> = own) =>
    ask(locked, "/console/login", { method: "POST", headers, body });

  it("the API asks for a login, and pages lead to it and back", async () => {
    expect((await ask(locked, "/console/api/channels")).status).toBe(401);
    const page = await ask(locked, "/console/channels/paid?at=3");
    expect([page.status, page.headers?.["location"]]).toEqual([
      303,
      "/console/login?next=%2Fconsole%2Fchannels%2Fpaid%3Fat%3D3",
    ]);
  });

  it("the key becomes a session that scripts cannot read and other sites cannot send", async () => {
    const { status, headers } = await logIn("key=the-operators-secret&next=%2Fconsole%2Fsystem");
    expect([status, headers?.["location"]]).toEqual([303, "/console/system"]);
    const cookie = headers?.["set-cookie"] ?? "";
    expect(cookie).toMatch(/; Path=\/console; HttpOnly; SameSite=Strict; Max-Age=43200$/);
    expect(cookie).not.toContain("secret");
    const session = { cookie: cookie.split(";")[0] ?? "" };
    expect((await ask(locked, "/console/api/channels", { headers: session })).status).toBe(200);
    expect(String((await ask(locked, "/console", { headers: session })).body)).toContain("Log out");
  });

  it("a wrong key, and a login that another page sends, are refused", async () => {
    expect((await logIn("key=the-operators-secre")).status).toBe(403);
    expect((await logIn("key=the-operators-secret", { ...own, origin: "http://evil.example" })).status).toBe(403);
    expect((await logIn("key=the-operators-secret", { "content-type": own["content-type"] })).status).toBe(403);
  });

  it("leads nowhere foreign", async () => {
    for (const next of [
      "https://evil.example",
      "//evil.example",
      "/console/../try",
      "/consoles",
      "/console/\r\nx: y",
    ]) {
      const { headers } = await logIn(`key=the-operators-secret&next=${encodeURIComponent(next)}`);
      expect(headers?.["location"], next).toBe("/console");
    }
  });

  it("lets one address try only so often", async () => {
    const statuses: number[] = [];
    for (let i = 0; i < 12; i += 1) statuses.push((await logIn("key=wrong")).status);
    expect(statuses.at(-1)).toBe(429);
  });
});

it("the system tells the broker, what is stored, and for how long there is room", async () => {
  const { store, ready, nodeId } = value<SystemAnswer>(await ask(open, "/console/api/system"));
  expect([ready, nodeId]).toEqual([true, node.nodeId]);
  expect(store).toMatchObject({ ok: true, version: node.broker.serverVersion, diskFreeBytes: expect.any(Number) });
});

it("the system tells how far the other sites of a deployment are", async () => {
  const beyond = consoleWith({ P4_DATA_DIR: dataDir, P4_SITES: "a=nats://127.0.0.1:1;b=nats://127.0.0.1:1" });
  const { store } = value<SystemAnswer>(await ask(beyond, "/console/api/system"));
  beyond.close();
  expect(store).toMatchObject({ copies: ["a", "b"].map((site) => ({ site, is: "away" })) });
  const { store: alone } = value<SystemAnswer>(await ask(open, "/console/api/system"));
  expect(alone).toMatchObject({ copies: [] });
});

it("the script is small", () => {
  expect(gzipSync(readFileSync(joinPath(consoleBundles, "console.js"))).length).toBeLessThan(40_000);
});
