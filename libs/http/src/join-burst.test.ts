import { steadyClock } from "@p4/testkit";
import { describe, expect, it, vi } from "vitest";
import { echoRoute, handshake, rawClient, serve, signal, wallet, type EchoSocket } from "./test-support.ts";
import { TokenBuckets } from "./token-bucket.ts";
import { closeCodes } from "./web-socket-route.ts";

/** The status of each answer on one connection; [] when it was closed without one. */
async function answers(port: number, ...paths: string[]): Promise<string[]> {
  const { socket, received, ended } = await rawClient(port);
  socket.write(paths.map(handshake).join(""));
  const statuses = () => [...received().matchAll(/HTTP\/1.1 (\d+)/g)].map((match) => match[1] ?? "");
  await Promise.race([ended, vi.waitFor(() => expect(statuses()).toHaveLength(paths.length))]);
  socket.destroy();
  return statuses();
}

describe("a route that turns joins away", () => {
  it("answers them before anything is copied or decided, by their path, and lets the others in", async () => {
    const upgrade = vi.fn(() => ({ accept: true, data: null }) as const);
    const refusal = { status: 503, code: "BUSY", detail: "not now", retryAfterSeconds: 3 } as const;
    const rejectEarly = (id: string) => (id === "known" ? null : refusal);
    const { server } = await serve({
      limits: { maxConnections: 1 },
      webSockets: [echoRoute({ rejectEarly, upgrade })],
    });
    const { socket, received } = await rawClient(server.port);
    socket.write(handshake("/ws/unknown"));
    await vi.waitFor(() => expect(received()).toMatch(/HTTP\/1.1 503[^]*retry-after: 3\r\n[^]*"code":"BUSY"/i));
    expect(upgrade).not.toHaveBeenCalled();
    // What was turned away holds no place.
    expect(await answers(server.port, "/ws/known")).toEqual(["101"]);
    expect(upgrade).toHaveBeenCalledTimes(1);
  });
});

describe("an address that joins on although it is refused", () => {
  it("is answered for a while, then cut off as it connects, and let in again once it has slowed down", async () => {
    const { server } = await serve({ limits: { maxUpgradesPerIpPerSecond: 40 }, webSockets: [echoRoute()] });
    const clock = steadyClock();
    clock.stop();
    const burst = Array.from({ length: 150 }, () => answers(server.port, "/ws/1"));
    const told = (await Promise.all(burst)).flat();
    expect(told.filter((status) => status === "101")).toHaveLength(80);
    expect(told.filter((status) => status === "429")).toHaveLength(40);
    const before = server.stats().connectionsCutOff;
    expect(await answers(server.port, "/ws/1")).toEqual([]);
    expect(server.stats().connectionsCutOff).toBe(before + 1);
    clock.start();
    await vi.waitFor(async () => expect(await answers(server.port, "/ws/1")).toEqual(["101"]));
  });

  it("is cut off on a connection that it has kept, too: there are no more answers than there may be", async () => {
    steadyClock().stop();
    const upgrade = vi.fn(
      () => ({ accept: false, refusal: { status: 404, code: "UNKNOWN", detail: "no such channel" } }) as const,
    );
    const { server } = await serve({ limits: { maxUpgradesPerIpPerSecond: 1 }, webSockets: [echoRoute({ upgrade })] });
    const [kept, flood] = [await rawClient(server.port), await rawClient(server.port)];
    flood.socket.write(handshake("/ws/1").repeat(2 + 16 + 200));
    await flood.ended;
    expect(upgrade).toHaveBeenCalledTimes(2);
    kept.socket.write(handshake("/ws/1"));
    await kept.ended;
    expect(kept.received()).toBe("");
    // What was pipelined behind the first request without an answer was not read.
    expect(server.stats().connectionsCutOff).toBe(2);
  });

  it("is answered all the same behind a proxy, which would take the edge for broken", async () => {
    steadyClock().stop();
    const limits = { maxUpgradesPerIpPerSecond: 1 };
    const { server } = await serve({ limits, webSockets: [echoRoute()], trustedProxies: ["127.0.0.1"] });
    const forwarded = handshake("/ws/1").replace("\r\n\r\n", "\r\nX-Forwarded-For: 203.0.113.1\r\n\r\n");
    const { socket, received } = await rawClient(server.port);
    const refused = () => received().match(/HTTP\/1.1 429/g)?.length ?? 0;
    for (let i = 0; i < 2; i++) (await rawClient(server.port)).socket.write(forwarded);
    await vi.waitFor(() => expect(server.stats().webSockets).toBe(2));
    socket.write(forwarded.repeat(30));
    await vi.waitFor(() => expect(refused()).toBe(30));
    expect(server.stats().connectionsCutOff).toBe(0);
    expect(await answers(server.port, "/ws/1")).toEqual(["101"]);
  });
});

describe("a socket that was closed with 4290", () => {
  it("counts like many joins of its address", async () => {
    steadyClock().stop();
    const { server, socketUrl } = await serve({
      limits: { maxUpgradesPerIpPerSecond: 10 },
      webSockets: [echoRoute({ message: (socket: EchoSocket) => socket.close(closeCodes.slowConsumer, "too much") })],
    });
    const { socket, opened, closed } = wallet(`${socketUrl}/ws/1`);
    await opened;
    socket.send("x");
    expect(await closed).toMatchObject({ code: 4290 });
    const next = await rawClient(server.port);
    next.socket.write(handshake("/ws/1"));
    await vi.waitFor(() => expect(next.received()).toContain("429 "));
  });

  it("costs nothing when the peer itself has said so", async () => {
    const gone = signal<number>();
    const { server, socketUrl } = await serve({
      limits: { maxUpgradesPerIpPerSecond: 10 },
      webSockets: [echoRoute({ close: (_, code) => gone.fire(code) })],
    });
    const { socket, opened } = wallet(`${socketUrl}/ws/1`);
    await opened;
    socket.close(closeCodes.slowConsumer, "mine");
    expect(await gone.promise).toBe(closeCodes.slowConsumer);
    const next = await rawClient(server.port);
    next.socket.write(handshake("/ws/1"));
    await vi.waitFor(() => expect(next.received()).toContain("101 "));
  });
});

describe("TokenBuckets", () => {
  it("knows an empty bucket, and makes none by asking", () => {
    const buckets = new TokenBuckets({ burst: 2, perSecond: 1 }, 0);
    expect(buckets.isSpent("a", 0)).toBe(false);
    expect(buckets.size).toBe(0);
    buckets.charge("a", 2, 0);
    expect([buckets.isSpent("a", 0), buckets.isSpent("a", 1_000), buckets.isSpent("b", 0)]).toEqual([
      true,
      false,
      false,
    ]);
  });
});
