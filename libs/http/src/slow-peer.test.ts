import { describe, expect, it, vi } from "vitest";
import { SendQueues } from "./send-queues.ts";
import { handshake, rawClient, serve, signal } from "./test-support.ts";
import { closeCodes, type AnyWebSocketRoute, type WebSocketConnection } from "./web-socket-route.ts";

type Socket = WebSocketConnection<{ id: string | undefined }>;

function route(extra: Partial<AnyWebSocketRoute> = {}): AnyWebSocketRoute {
  return {
    path: "/ws/:id",
    maxMessageBytes: 1_000,
    upgrade: (request) => ({ accept: true, data: { id: request.params["id"] } }),
    message: (socket: Socket, text) => void socket.send(text),
    ...extra,
  };
}

describe("a peer that does not read", () => {
  it("is closed with 4290; all that was accepted before arrives, in order", async () => {
    const done = signal<{ code: number; sent: number }>();
    let sent = 0;
    const flood = (socket: Socket): void => {
      for (let i = 0; i < 50; i++) {
        if (socket.send(`${String(sent).padStart(8, "0")}${"x".repeat(50_000)}`) === "dropped") return;
        sent += 1;
      }
      setImmediate(flood, socket);
    };
    const { server } = await serve({
      webSockets: [route({ maxQueuedBytes: 300_000, open: flood, close: (_, code) => done.fire({ code, sent }) })],
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
    const flood = (socket: Socket): void => {
      while (socket.send("x".repeat(50_000)) !== "dropped");
    };
    const sendQueues = new SendQueues();
    const { server } = await serve({
      sendQueues,
      limits: { maxConnections: 1 },
      webSockets: [route({ maxQueuedBytes: 300_000, open: flood, close: () => done.fire() })],
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
