import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";

/** Greets as nats-server 2.10.9 does, and answers pings: all that a client learns before it has to leave. */
export async function startOldServer(port = 0): Promise<{ readonly port: number; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const info = { server_id: "x", version: "2.10.9", proto: 1, headers: true, jetstream: true, max_payload: 1_048_576 };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.write(`INFO ${JSON.stringify(info)}\r\n`);
    socket.on("data", (data) => data.includes("PING") && socket.write("PONG\r\n"));
    socket.on("error", () => undefined);
  }).listen(port, "127.0.0.1");
  await once(server, "listening");
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  };
  onTestFinished(close);
  return { port: (server.address() as { port: number }).port, close };
}
