import { steadyClock } from "@p4/testkit";
import { describe, expect, it, vi } from "vitest";
import { echoRoute, handshake, rawClient, serve, signal, wallet, type EchoSocket } from "./test-support.ts";
import { closeCodes, type AnyWebSocketRoute } from "./web-socket-route.ts";

describe("upgrade", () => {
  it("gives the TCP connection's place back with the socket, closed by either side", async () => {
    const { server, socketUrl } = await serve({ limits: { maxTcpConnections: 1 }, webSockets: [echoRoute()] });
    const tcpConnections = (): number => server.stats().tcpConnections;
    for (let i = 0; i < 4; i++) {
      const { socket, opened, closed } = wallet(`${socketUrl}/ws/1`);
      expect(await opened).toBe(true);
      expect(tcpConnections()).toBe(1);
      socket.close();
      await closed;
      await vi.waitFor(() => expect(tcpConnections()).toBe(0));
    }
    const { socket, received, ended } = await rawClient(server.port);
    socket.write(handshake("/ws/1"));
    await vi.waitFor(() => expect(received()).toContain(" 101 "));
    socket.destroy();
    await ended;
    await vi.waitFor(() => expect(tcpConnections()).toBe(0));
  });

  it.each(["at once", "later"])("accepts %s, with data, protocol and peer address", async (when) => {
    const seen = signal<EchoSocket>();
    const { socketUrl } = await serve({
      webSockets: [
        echoRoute({
          upgrade: (request) => {
            const decision = { accept: true, data: { id: request.params["id"] }, protocol: "p4" } as const;
            return when === "at once" ? decision : new Promise((resolve) => setImmediate(() => resolve(decision)));
          },
          open: (socket: EchoSocket) => seen.fire(socket),
        }),
      ],
    });
    const { opened, socket } = wallet(`${socketUrl}/ws/inv%2D1`, ["p4", "dpp"]);
    expect(await opened).toBe(true);
    const server = await seen.promise;
    expect([server.data.id, server.remoteAddress, socket.protocol]).toEqual(["inv-1", "127.0.0.1", "p4"]);
  });

  it("refuses with the route's own response, and gives the slot back", async () => {
    const { server } = await serve({
      limits: { maxConnections: 1 },
      webSockets: [
        echoRoute({
          upgrade: () => ({ accept: false, refusal: { status: 404, code: "UNKNOWN", detail: "unknown channel" } }),
        }),
      ],
    });
    for (let i = 0; i < 2; i++) {
      const { socket, received } = await rawClient(server.port);
      socket.write(handshake("/ws/1"));
      await vi.waitFor(() => expect(received()).toContain("unknown channel"));
      expect(received()).toContain("404 Not Found");
    }
  });

  it("answers 500 when the decision fails, 400 to a bad path, 426 to a plain request", async () => {
    const { server, errors, url } = await serve({
      webSockets: [echoRoute({ upgrade: () => Promise.reject(new Error("x")) })],
    });
    for (const [path, status] of [
      ["/ws/1", "500"],
      ["/ws/%zz", "400"],
    ] as const) {
      const { socket, received } = await rawClient(server.port);
      socket.write(handshake(path));
      await vi.waitFor(() => expect(received()).toContain(`HTTP/1.1 ${status}`));
    }
    expect(errors).toHaveLength(1);
    expect((await fetch(`${url}/ws/1`)).status).toBe(426);
  });

  it("refuses an address that joins too fast with 429, before the route is asked", async () => {
    steadyClock().stop();
    const upgrade = vi.fn(
      () => ({ accept: false, refusal: { status: 404, code: "UNKNOWN", detail: "no such channel" } }) as const,
    );
    const { server } = await serve({ limits: { maxUpgradesPerIpPerSecond: 1 }, webSockets: [echoRoute({ upgrade })] });
    const { socket, received } = await rawClient(server.port);
    socket.write(handshake("/ws/1").repeat(8));
    await vi.waitFor(() => expect(received().match(/HTTP\/1.1 /g)).toHaveLength(8));
    expect(received().match(/HTTP\/1.1 429/g)).toHaveLength(6);
    expect(received()).toMatch(/retry-after: 1\r\n/i);
    expect(upgrade).toHaveBeenCalledTimes(2);
  });

  it("refuses joins with 503 while too many are being decided, and takes them again after", async () => {
    const decide = signal();
    const upgrade = async () => {
      await decide.promise;
      return { accept: true, data: { id: "1" } } as const;
    };
    const { server, socketUrl } = await serve({
      limits: { maxUpgradesUnderWay: 2 },
      webSockets: [echoRoute({ upgrade })],
    });
    const waiting = [wallet(`${socketUrl}/ws/1`), wallet(`${socketUrl}/ws/1`)];
    await vi.waitFor(() => expect(server.stats().runningRequests).toBe(2));
    const { socket, received } = await rawClient(server.port);
    socket.write(handshake("/ws/1"));
    await vi.waitFor(() => expect(received()).toMatch(/503 [^]*HTTP_TOO_MANY_UNDER_WAY/));
    decide.fire();
    for (const { opened } of [...waiting, wallet(`${socketUrl}/ws/1`)]) expect(await opened).toBe(true);
  });

  it("forgets a client that leaves before the decision", async () => {
    const [asked, decide] = [signal(), signal()];
    const open = vi.fn();
    const { server } = await serve({
      limits: { maxConnections: 1 },
      webSockets: [
        echoRoute({
          open,
          upgrade: async () => {
            asked.fire();
            await decide.promise;
            return { accept: true, data: {} };
          },
        }),
      ],
    });
    const { socket } = await rawClient(server.port);
    socket.write(handshake("/ws/1"));
    await asked.promise;
    socket.destroy();
    await vi.waitFor(() => expect(server.stats().tcpConnections).toBe(0));
    decide.fire();
    const next = wallet(`ws://127.0.0.1:${String(server.port)}/ws/1`);
    expect(await next.opened).toBe(true);
    expect(open).toHaveBeenCalledTimes(1);
  });

  it.each([
    [{ maxConnections: 1 }, "503"],
    [{ maxConnectionsPerIp: 1 }, "429"],
  ])("keeps the limit %j, and admits again after a close", async (limits, status) => {
    const { server, socketUrl } = await serve({ limits, webSockets: [echoRoute()] });
    const first = wallet(`${socketUrl}/ws/1`);
    expect(await first.opened).toBe(true);
    const { socket, received } = await rawClient(server.port);
    socket.write(handshake("/ws/1"));
    await vi.waitFor(() => expect(received()).toMatch(new RegExp(`HTTP/1.1 ${status}[^]*retry-after`)));
    first.socket.close();
    await vi.waitFor(() => expect(server.stats().webSockets).toBe(0));
    expect(await wallet(`${socketUrl}/ws/1`).opened).toBe(true);
  });
});

describe("messages", () => {
  it("carries text both ways, from text or UTF-8 bytes", async () => {
    const { socketUrl } = await serve({
      webSockets: [
        echoRoute({ message: (socket: EchoSocket, text) => void [socket.send(text), socket.send(Buffer.from(text))] }),
      ],
    });
    const { socket, messages, opened } = wallet(`${socketUrl}/ws/1`);
    await opened;
    socket.send("grüße \u{1f600}");
    await vi.waitFor(() => expect(messages).toEqual(["grüße \u{1f600}", "grüße \u{1f600}"]));
  });

  it("reports binary frames and large messages apart, and the connection may go on", async () => {
    const { socketUrl } = await serve({
      webSockets: [
        echoRoute({
          binary: (socket: EchoSocket, size) => void socket.send(`binary ${String(size)}`),
          tooLarge: (socket: EchoSocket, size) => void socket.send(`large ${String(size)}`),
        }),
      ],
    });
    const { socket, messages, opened } = wallet(`${socketUrl}/ws/1`);
    await opened;
    socket.send(new Uint8Array(3));
    socket.send("x".repeat(1_001));
    socket.send("x".repeat(1_000));
    await vi.waitFor(() => expect(messages).toEqual(["binary 3", "large 1001", "x".repeat(1_000)]));
  });

  it.each([
    ["a binary frame", new Uint8Array(3), closeCodes.unsupportedData],
    ["a large message", "x".repeat(1_001), closeCodes.messageTooBig],
  ])("closes on %s when the route has no callback", async (_, data, code) => {
    const { socketUrl } = await serve({ webSockets: [echoRoute()] });
    const { socket, opened, closed } = wallet(`${socketUrl}/ws/1`);
    await opened;
    socket.send(data);
    expect((await closed).code).toBe(code);
  });

  it.each(["throws", "rejects"])("closes only the socket whose callback %s, with 1011", async (how) => {
    const fail = (): Promise<never> => {
      if (how === "throws") throw new Error("boom");
      return Promise.reject(new Error("boom"));
    };
    const message = (socket: EchoSocket, text: string): unknown => (text === "bad" ? fail() : socket.send(text));
    const { socketUrl, errors } = await serve({
      webSockets: [echoRoute({ message: message as AnyWebSocketRoute["message"] })],
    });
    const [bad, good] = [wallet(`${socketUrl}/ws/1`), wallet(`${socketUrl}/ws/2`)];
    await Promise.all([bad.opened, good.opened]);
    bad.socket.send("bad");
    expect(await bad.closed).toEqual({ code: 1011, reason: "internal error" });
    good.socket.send("fine");
    await vi.waitFor(() => expect(good.messages).toEqual(["fine"]));
    expect(errors).toEqual([
      { error: expect.objectContaining({ message: "boom" }) as Error, where: "/ws/:id message" },
    ]);
  });
});

describe("closing", () => {
  it("tells the route once, and a closed connection swallows what comes late", async () => {
    const [seen, gone] = [signal<EchoSocket>(), signal<{ code: number; reason: string }>()];
    const { socketUrl } = await serve({
      webSockets: [
        echoRoute({ open: (s: EchoSocket) => seen.fire(s), close: (_, code, reason) => gone.fire({ code, reason }) }),
      ],
    });
    const { socket, opened } = wallet(`${socketUrl}/ws/1`);
    const server = await seen.promise;
    await opened;
    socket.close(4001, "bye");
    expect(await gone.promise).toEqual({ code: 4001, reason: "bye" });
    expect([server.isOpen, server.send("late"), server.bufferedBytes()]).toEqual([false, "dropped", 0]);
    server.close(1000, "late");
  });

  it("cuts a long reason between characters", async () => {
    const { socketUrl } = await serve({
      webSockets: [echoRoute({ open: (s: EchoSocket) => s.close(4000, "é".repeat(100)) })],
    });
    expect(await wallet(`${socketUrl}/ws/1`).closed).toEqual({ code: 4000, reason: "é".repeat(61) });
  });

  it("pings a quiet peer, and ends one that does not answer", async () => {
    const closed = signal<number>();
    const { server } = await serve({
      webSockets: [echoRoute({ idleTimeoutSeconds: 8, close: (_, code) => closed.fire(code) })],
    });
    const { socket, received } = await rawClient(server.port);
    socket.write(handshake("/ws/1"));
    expect(await closed.promise).toBe(1006);
    expect(received().split("\r\n\r\n")[1]).toContain("\x89\x00");
  });

  it("calls drain once a slow peer reads again", async () => {
    const [full, drained] = [signal(), signal()];
    const fill = (socket: EchoSocket): void => {
      if (socket.send("x".repeat(100_000)) === "backpressure") full.fire();
      else setImmediate(fill, socket);
    };
    const { server } = await serve({ webSockets: [echoRoute({ open: fill, drain: () => drained.fire() })] });
    const { socket } = await rawClient(server.port);
    socket.pause();
    socket.write(handshake("/ws/1"));
    await full.promise;
    socket.resume();
    await drained.promise;
  });

  it("closes all sockets when the server closes, and refuses an upgrade decided meanwhile, whose route is told", async () => {
    const [asked, decide] = [signal(), signal()];
    const told = vi.fn();
    const upgrade: AnyWebSocketRoute["upgrade"] = async (request) => {
      if (request.params["id"] === "slow") {
        asked.fire();
        await decide.promise;
        request.signal.addEventListener("abort", told);
      }
      return { accept: true, data: {} };
    };
    const { server, socketUrl } = await serve({ webSockets: [echoRoute({ upgrade })] });
    const { opened, closed } = wallet(`${socketUrl}/ws/1`);
    await opened;
    const late = await rawClient(server.port);
    late.socket.write(handshake("/ws/slow"));
    await asked.promise;
    const down = server.close({ code: 4200, reason: "go to another node" });
    expect(await closed).toEqual({ code: 4200, reason: "go to another node" });
    expect(told).not.toHaveBeenCalled();
    decide.fire();
    await vi.waitFor(() => expect(told).toHaveBeenCalledTimes(1));
    await down;
    await vi.waitFor(() => expect(late.received()).toContain("503 "));
    expect(server.stats().webSockets).toBe(0);
  });
});
