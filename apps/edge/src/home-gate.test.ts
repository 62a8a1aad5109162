import type { HomeState } from "@p4/nats";
import { createLogger } from "@p4/telemetry";
import { loadConfig } from "@p4/config";
import { waitFor } from "@p4/testkit";
import { afterEach, beforeEach, expect, test } from "vitest";
import { HomeGate } from "./home-gate.ts";
import { startStandIn } from "./start-stand-in.ts";

const siteUrls = [
  { site: "a", url: "https://a.pay.example" },
  { site: "b", url: "http://b.pay.example/p4" },
];
const away = (site: string): HomeState => ({ kind: "away", site });
const moving: HomeState = { kind: "moving" };
const here: HomeState = { kind: "here", epoch: 2 };

/** The watch of a home, which the test moves. */
function watched(state: HomeState | null) {
  const listeners = new Set<(state: HomeState) => void>();
  return {
    site: "a",
    state,
    trouble: "the region's home is elsewhere",
    copyAgeMs: 40,
    confirmers: [],
    copyClass: null,
    onChange(listener: (state: HomeState) => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    move(to: HomeState) {
      this.state = to;
      for (const listener of [...listeners]) listener(to);
    },
    ask: () => undefined,
    leaseLeftMs: () => Infinity,
    asked: Promise.resolve(),
    stop: () => undefined,
    listeners,
  };
}

function gateOf(home: ReturnType<typeof watched>, closing = new AbortController(), holdMs = 60_000) {
  return new HomeGate({ home, siteUrls, closing: closing.signal, holdMs, atFirst: "moving" });
}

function asked(path = "/ws/inv-1", query = "role=merchant&since=3") {
  return { path, query: new URLSearchParams(query), signal: new AbortController().signal };
}

test("lets everyone in at the home", async () => {
  const gate = gateOf(watched(here));
  expect(await gate.turnAway(asked())).toBeNull();
  expect([gate.redirect(asked()), gate.closeReason]).toEqual([null, null]);
});

test("a node that serves lets wallets in before its broker has told where the home is", async () => {
  const options = { home: watched(null), siteUrls, closing: new AbortController().signal };
  expect(await new HomeGate({ ...options, atFirst: "here" }).turnAway(asked())).toBeNull();
});

test("names the home, for sockets, for their close and for HTTP", async () => {
  const gate = gateOf(watched(away("b")));
  expect(await gate.turnAway(asked())).toMatchObject({
    status: 307,
    code: "EDGE_HOME_ELSEWHERE",
    detail: "ws://b.pay.example/p4",
    headers: { location: "ws://b.pay.example/p4/ws/inv-1?role=merchant&since=3" },
  });
  expect(gate.closeReason).toBe("EDGE_HOME_ELSEWHERE: ws://b.pay.example/p4");
  expect(gate.redirect(asked("/api/v1/payment/inv-1", ""))).toMatchObject({
    status: 307,
    headers: { location: "http://b.pay.example/p4/api/v1/payment/inv-1" },
  });
});

test("only turns away where the home's address is not known", async () => {
  const gate = gateOf(watched(away("c")));
  expect(await gate.turnAway(asked())).toMatchObject({ status: 503, code: "EDGE_UNREADY" });
  expect([gate.redirect(asked()), gate.closeReason]).toEqual([null, null]);
});

test("a join waits for what comes of a move, and leaves nothing behind", async () => {
  const home = watched(moving);
  const [first, second] = [gateOf(home).turnAway(asked()), gateOf(home).sendOn(asked())];
  await Promise.resolve();
  expect(home.listeners.size).toBe(2);
  home.move(away("b"));
  expect([await first, await second]).toMatchObject([{ status: 307 }, { status: 307 }]);
  expect(home.listeners.size).toBe(0);
});

test("a move that does not end is not waited for without end, nor by a wallet that has gone", async () => {
  expect(await gateOf(watched(moving), new AbortController(), 1).turnAway(asked())).toMatchObject({ status: 503 });
  const gone = new AbortController();
  const waiting = gateOf(watched(null)).turnAway({ ...asked(), signal: gone.signal });
  gone.abort();
  expect(await waiting).toMatchObject({ status: 503 });
});

test("a join whose event found no home waits for the watch to hear of it", async () => {
  const home = watched(here);
  const waiting = gateOf(home).afterMove(asked());
  home.move(moving);
  home.move(away("b"));
  expect(await waiting).toMatchObject({ status: 307, detail: "ws://b.pay.example/p4" });
});

test("a join that waits at a node that is about to serve is sent back to it", async () => {
  const [home, closing] = [watched(moving), new AbortController()];
  const waiting = gateOf(home, closing).sendOn(asked());
  home.move(here);
  closing.abort();
  expect(await waiting).toMatchObject({ status: 307, detail: "wss://a.pay.example" });
});

const config = loadConfig({ P4_PORT: "0", P4_SITE_URLS: "a=https://a.pay.example;b=https://b.pay.example" });
let standIn: Awaited<ReturnType<typeof startStandIn>>;
beforeEach(async () => {
  const logger = createLogger({ level: "silent", name: "edge" });
  standIn = await startStandIn({ config, logger, home: watched(away("b")), beforeListen: () => undefined });
});
afterEach(() => standIn.close());

test("a standby redirects everything but what tells of itself", async () => {
  const base = `http://127.0.0.1:${String(standIn.port)}`;
  const post = await fetch(`${base}/api/v1/payment/x?y=1`, { method: "POST", body: "{}", redirect: "manual" });
  expect([post.status, post.headers.get("location")]).toEqual([307, "https://b.pay.example/api/v1/payment/x?y=1"]);
  const statuses = ["/livez", "/readyz", "/metrics"].map(async (path) => (await fetch(base + path)).status);
  expect(await Promise.all(statuses)).toEqual([200, 503, 200]);
  const { checks } = (await (await fetch(`${base}/readyz`)).json()) as { checks: object };
  expect(checks).toMatchObject({ home: { ok: false, facts: { site: "a", home: "b", copyAgeMs: 40 } } });
  const page = await (await fetch(`${base}/metrics`)).text();
  expect(page).toContain('p4_region_home{region="local",app="edge"} 0');
  expect(page).toContain('p4_region_copy_age_seconds{region="local",app="edge"} 0.04');
});

test("a join that waits at a standby is sent on when it gives way, not refused", async () => {
  const logger = createLogger({ level: "silent", name: "edge" });
  const home = watched(moving);
  const waited = await startStandIn({ config, logger, home, beforeListen: () => undefined });
  const socket = new WebSocket(`ws://127.0.0.1:${String(waited.port)}/ws/inv-1`);
  const told = new Promise<string>((resolve) => {
    socket.onclose = ({ code, reason }) => resolve(`${String(code)} ${reason}`);
  });
  await waitFor(() => home.listeners.size > 0);
  home.move(here);
  waited.leaveAddress();
  await waited.close();
  expect(await told).toBe("4200 EDGE_HOME_ELSEWHERE: wss://a.pay.example");
});

test("a standby closes each socket with the home's address, however many come at once", async () => {
  const closes = Array.from({ length: 40 }, () => {
    const socket = new WebSocket(`ws://127.0.0.1:${String(standIn.port)}/ws/inv-1`, ["dpp"]);
    return new Promise<string>((resolve) => {
      socket.onclose = ({ code, reason }) => resolve(`${String(code)} ${reason}`);
    });
  });
  const told = new Set(await Promise.all(closes));
  expect([...told]).toEqual(["4200 EDGE_HOME_ELSEWHERE: wss://b.pay.example"]);
});
