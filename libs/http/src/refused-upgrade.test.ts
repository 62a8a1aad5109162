import { connect } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { echoRoute, handshake, rawClient, serve, wallet } from "./test-support.ts";
import { ClosingRefusals, type UpgradeHead, type UpgradeRefusal } from "./upgrade-refusal.ts";
import type { AnyWebSocketRoute, UpgradeDecision } from "./web-socket-route.ts";

const unknown: UpgradeRefusal = { status: 404, code: "UNKNOWN", detail: "no such channel", retryAfterSeconds: 3 };
const refusing = { accept: false, refusal: unknown } as const;
const fromPage = handshake("/ws/1").replace("\r\n\r\n", "\r\nOrigin: https://shop.example\r\n\r\n");

/** Pages are closed with 4000 and the status, all others get HTTP. */
const closeCodeFor = ({ status }: UpgradeRefusal, { header, query }: UpgradeHead): number | null =>
  header("origin") !== "" || header("sec-fetch-mode") === "websocket" || query("tell") === "close"
    ? 4000 + status
    : null;

function route(more: Partial<AnyWebSocketRoute> = {}): AnyWebSocketRoute {
  return echoRoute({ closeCodeFor, upgrade: () => refusing, ...more });
}

afterEach(() => vi.restoreAllMocks());

/** What a raw client got first: the status of the upgrade's answer. */
async function statusOf(port: number, request: string): Promise<string> {
  const { socket, received } = await rawClient(port);
  socket.write(request);
  await vi.waitFor(() => expect(received()).toMatch(/^HTTP\/1.1 \d+/));
  return received().slice(9, 12);
}

describe("a refused upgrade whose client never sees an HTTP answer", () => {
  it.each([
    ["at once", () => refusing],
    ["later", () => new Promise<UpgradeDecision<null>>((resolve) => setImmediate(resolve, refusing))],
  ])("that the route refuses %s is accepted and closed, with code and reason", async (_, upgrade) => {
    const never = vi.fn();
    const unseen = { open: never, message: never, close: never, drain: never };
    const { server, socketUrl, errors } = await serve({ webSockets: [route({ upgrade, ...unseen })] });
    const { socket, opened, closed } = wallet(`${socketUrl}/ws/1`);
    socket.addEventListener("open", () => socket.send("hello"));
    expect(await opened).toBe(true);
    expect(await closed).toEqual({ code: 4404, reason: "UNKNOWN: no such channel" });
    expect(server.stats().webSockets).toBe(0);
    expect(never).not.toHaveBeenCalled();
    expect(errors).toEqual([]);
  });

  it("is told the same before anything is copied, at the server's limits, and for a path that cannot be read", async () => {
    const { socketUrl } = await serve({ webSockets: [route({ rejectEarly: () => unknown })] });
    expect(await wallet(`${socketUrl}/ws/1`).closed).toEqual({ code: 4404, reason: "UNKNOWN: no such channel" });
    const small = await serve({
      limits: { maxConnections: 1 },
      webSockets: [route({ upgrade: () => ({ accept: true, data: null }) })],
    });
    expect(await wallet(`${small.socketUrl}/ws/1`).opened).toBe(true);
    expect(await wallet(`${small.socketUrl}/ws/1`).closed).toEqual({
      code: 4503,
      reason: "HTTP_TOO_MANY_CONNECTIONS: the server is full; try again later",
    });
    const { socketUrl: other } = await serve({ webSockets: [route()] });
    expect(await wallet(`${other}/ws/%zz`).closed).toMatchObject({ code: 4400 });
  });

  it("holds no place of accepted sockets", async () => {
    let isOpen = false;
    const upgrade = () => (isOpen ? { accept: true, data: null } : refusing);
    const { socketUrl, server } = await serve({
      limits: { maxConnections: 1, maxConnectionsPerIp: 1 },
      webSockets: [route({ upgrade: upgrade as AnyWebSocketRoute["upgrade"] })],
    });
    for (let i = 0; i < 3; i++) expect((await wallet(`${socketUrl}/ws/1`).closed).code).toBe(4404);
    isOpen = true;
    expect(await wallet(`${socketUrl}/ws/1`).opened).toBe(true);
    expect(server.stats().webSockets).toBe(1);
  });

  it("is answered by one of the subprotocols that it offers, without which a browser would tell nothing", async () => {
    const { socketUrl, server } = await serve({ webSockets: [route()] });
    const { socket, opened, closed } = wallet(`${socketUrl}/ws/1`, ["chat", "json"]);
    expect(await opened).toBe(true);
    expect(socket.protocol).toBe("chat");
    expect((await closed).code).toBe(4404);
    const odd = fromPage.replace("\r\n\r\n", "\r\nSec-WebSocket-Protocol: \x80, chat\r\n\r\n");
    expect(await statusOf(server.port, odd)).toBe("101");
  });

  it("hears as much of the reason as a close frame holds", async () => {
    const detail = "é".repeat(100);
    const { socketUrl } = await serve({
      webSockets: [route({ upgrade: () => ({ accept: false, refusal: { ...unknown, detail } }) })],
    });
    expect((await wallet(`${socketUrl}/ws/1`).closed).reason).toBe(`UNKNOWN: ${"é".repeat(57)}`);
  });

  it("is rid of its connection though it never answers the close", async () => {
    const { server } = await serve({ webSockets: [route({ idleTimeoutSeconds: 8 })] });
    const socket = connect({ host: "127.0.0.1", port: server.port, allowHalfOpen: true });
    const chunks: Buffer[] = [];
    socket.on("data", (chunk: Buffer) => chunks.push(chunk)).on("error", () => undefined);
    const ended = new Promise<void>((resolve) => socket.once("end", () => resolve()));
    socket.write(fromPage);
    // The close frame and the end of the stream come at once; the peer keeps its own side open.
    await ended;
    expect(Buffer.concat(chunks).toString("latin1")).toContain("UNKNOWN: no such channel");
    // A ping is passed over while the server still waits for the peer's close, and reset once it has let go.
    const gone = new Promise<void>((resolve) => socket.once("close", () => resolve()));
    const knocking = setInterval(() => socket.write(Buffer.from([0x89, 0x80, 0, 0, 0, 0])), 500);
    await gone;
    clearInterval(knocking);
  });

  it("gets HTTP like all others once its address is refused too often", async () => {
    vi.spyOn(performance, "now").mockReturnValue(performance.now());
    const { server } = await serve({ webSockets: [route()] });
    const told: string[] = [];
    for (let i = 0; i < 23; i++) told.push(await statusOf(server.port, fromPage));
    expect(told).toEqual([...Array<string>(20).fill("101"), "404", "404", "404"]);
  });
});

describe("a refused upgrade of any other client", () => {
  it("is answered as HTTP, with status, code and when to come again", async () => {
    const { server } = await serve({ webSockets: [route()] });
    const { socket, received } = await rawClient(server.port);
    socket.write(handshake("/ws/1"));
    await vi.waitFor(() => expect(received()).toMatch(/404 Not Found[^]*retry-after: 3\r\n[^]*"code":"UNKNOWN"/i));
    expect(await statusOf(server.port, handshake("/ws/1?tell=close"))).toBe("101");
  });
});

describe("ClosingRefusals", () => {
  it("lets no address use up what others have, and bounds all together", () => {
    const refusals = new ClosingRefusals(0);
    const taken = (address: string, times: number, nowMs: number): number =>
      Array.from({ length: times }).filter(() => refusals.take(address, nowMs)).length;
    expect(taken("a", 100, 0)).toBe(20);
    expect(taken("b", 1, 0)).toBe(1);
    for (let i = 0; i < 50; i++) taken(`c${String(i)}`, 20, 0);
    expect(taken("d", 1, 0)).toBe(0);
    expect(taken("d", 30, 1_000)).toBe(20);
    expect(taken("a", 30, 1_000)).toBe(5);
  });
});
