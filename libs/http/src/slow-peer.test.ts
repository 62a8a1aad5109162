import { describe, expect, it, vi } from "vitest";
import { SendQueues } from "./send-queues.ts";
import { echoRoute, handshake, rawClient, serve, signal, type EchoSocket } from "./test-support.ts";
import { closeCodes } from "./web-socket-route.ts";

describe("a peer that does not read", () => {
  it("is closed with 4290; all that was accepted before arrives, in order", async () => {
    const done = signal<{ code: number; sent: number }>();
    let sent = 0;
    const flood = (socket: EchoSocket): void => {
      for (let i = 0; i < 50; i++) {
        if (socket.send(`${String(sent).padStart(8, "0")}${"x".repeat(50_000)}`) === "dropped") return;
        sent += 1;
      }
      setImmediate(flood, socket);
    };
    const { server } = await serve({
      webSockets: [echoRoute({ maxQueuedBytes: 300_000, open: flood, close: (_, code) => done.fire({ code, sent }) })],
    });
    const { socket, received, ended } = await rawClient(server.port);
    socket.pause();
    socket.write(handshake("/ws/1"));
    expect((await done.promise).code).toBe(closeCodes.slowConsumer);
    socket.resume();
    await ended;
    const arrived = [...received().matchAll(/(\d{8})x{50000}/g)].map((match) => Number(match[1]));
    expect(arrived).toEqual(Array.from({ length: sent }, (_, i) => i));
    expect(received()).toContain("\x10\xc2too slow"); // 0x10c2 = 4290
  });

  it("keeps its place once it is closed, until it is cut off", async () => {
    const done = signal();
    const flood = (socket: EchoSocket): void => {
      while (socket.send("x".repeat(50_000)) !== "dropped");
    };
    const sendQueues = new SendQueues();
    const { server } = await serve({
      sendQueues,
      limits: { maxConnections: 1 },
      webSockets: [echoRoute({ maxQueuedBytes: 300_000, open: flood, close: () => done.fire() })],
    });
    const { socket } = await rawClient(server.port);
    socket.pause();
    socket.write(handshake("/ws/1"));
    await done.promise;
    sendQueues.look();
    expect(sendQueues.endingBytes).toBeGreaterThan(200_000);
    const join = async (): Promise<string> => {
      const { socket: next, received } = await rawClient(server.port);
      next.write(handshake("/ws/1"));
      await vi.waitFor(() => expect(received()).toContain("\r\n\r\n"));
      return received().slice(9, 12);
    };
    expect(await join()).toBe("503");
    sendQueues.cutEnding(1);
    sendQueues.look();
    expect([sendQueues.queuedBytes, await join()]).toEqual([0, "101"]);
  });
});

describe("a client that takes a large answer slowly", () => {
  const bytes = 8_000_000;

  async function ask() {
    const sendQueues = new SendQueues();
    const handle = () => ({ status: 200, headers: {}, body: "x".repeat(bytes) });
    const { server } = await serve({ sendQueues, routes: [{ method: "GET", path: "/large", handle }] });
    const client = await rawClient(server.port);
    client.socket.pause();
    client.socket.write("GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
    await vi.waitFor(() => {
      sendQueues.look();
      expect(sendQueues.queuedBytes).toBeGreaterThan(1_000_000);
    });
    return { ...client, sendQueues, server };
  }

  it("gets all of it, and the connection is good for the next request", async () => {
    const { socket, received, sendQueues, server } = await ask();
    socket.resume();
    await vi.waitFor(() => expect(received()).toHaveLength(bytes + received().indexOf("\r\n\r\n") + 4));
    sendQueues.look();
    expect([sendQueues.queuedBytes, server.stats().runningRequests]).toEqual([0, 0]);
    socket.write("GET /none HTTP/1.1\r\nHost: x\r\n\r\n");
    await vi.waitFor(() => expect(received().slice(bytes)).toContain("404 Not Found"));
  });

  it("is cut off where the room is needed", async () => {
    const { socket, ended, sendQueues, server } = await ask();
    sendQueues.cutEnding(1);
    socket.resume();
    await ended;
    sendQueues.look();
    expect([sendQueues.queuedBytes, server.stats().runningRequests]).toEqual([0, 0]);
  });
});
