import { once } from "node:events";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

/** What one writes in an afternoon: each message is a row before the channel's other sockets get it. One node. */
const [modules = "", databaseUrl = ""] = process.argv.slice(2);
const load = createRequire(join(modules, "package.json"));

interface Socket {
  send(text: string): void;
  on(event: "message" | "close", listener: (data: Buffer) => void): void;
}
interface SocketServer {
  on(event: "connection", listener: (socket: Socket, request: { readonly url?: string }) => void): void;
  address(): AddressInfo;
}
interface Database {
  query(query: string | { name: string; text: string; values: readonly unknown[] }): Promise<unknown>;
}
const { WebSocketServer } = load("ws") as { WebSocketServer: new (options: object) => SocketServer };
const { Pool } = load("pg") as { Pool: new (options: object) => Database };

const database = new Pool({ connectionString: databaseUrl, max: 16 });
await database.query(
  "CREATE TABLE IF NOT EXISTS messages (id bigserial PRIMARY KEY, channel text NOT NULL, body text NOT NULL)",
);
const insert = { name: "insert", text: "INSERT INTO messages (channel, body) VALUES ($1, $2) RETURNING id" };

const channels = new Map<string, Set<Socket>>();
const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
server.on("connection", (socket, { url = "" }) => {
  const { pathname } = new URL(url, "ws://127.0.0.1");
  const peers = channels.get(pathname) ?? new Set();
  channels.set(pathname, peers.add(socket));
  socket.send('{"key":"join.success"}');
  socket.on("message", (data) => {
    const text = data.toString("utf8");
    const { key } = JSON.parse(text) as { key: string };
    if (key === "") return;
    void database.query({ ...insert, values: [pathname, text] }).then(() => {
      for (const peer of peers) if (peer !== socket) peer.send(text);
    });
  });
  socket.on("close", () => {
    peers.delete(socket);
    if (peers.size === 0) channels.delete(pathname);
  });
});
await once(server as unknown as NodeJS.EventEmitter, "listening");
process.send?.({ port: server.address().port });
process.once("disconnect", () => process.exit(0));
