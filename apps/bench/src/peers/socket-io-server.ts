import { once } from "node:events";
import { createServer, type Server as HttpServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { AddressInfo } from "node:net";

/** Socket.IO as its documentation sets it up with Redis Streams: a message is in the stream before the others see it. */
const [modules = "", redisUrl = ""] = process.argv.slice(2);
const load = createRequire(join(modules, "package.json"));

interface IoSocket {
  readonly handshake: { readonly query: { readonly channel?: string } };
  join(room: string): void;
  on(event: string, listener: (message: unknown) => void): void;
  to(room: string): { emit(event: string, message: unknown): void };
}
interface Io {
  on(event: "connection", listener: (socket: IoSocket) => void): void;
}
const { Server } = load("socket.io") as { Server: new (server: HttpServer, options: object) => Io };
const { createClient } = load("redis") as { createClient: (options: object) => { connect(): Promise<unknown> } };
const { createAdapter } = load("@socket.io/redis-streams-adapter") as { createAdapter: (client: unknown) => unknown };

const client = createClient({ url: redisUrl });
await client.connect();
const server = createServer();
const io = new Server(server, { adapter: createAdapter(client), transports: ["websocket"], serveClient: false });
io.on("connection", (socket) => {
  const { channel = "" } = socket.handshake.query;
  socket.join(channel);
  socket.on("message", (message) => socket.to(channel).emit("message", message));
});
await once(server.listen(0, "127.0.0.1"), "listening");
process.send?.({ port: (server.address() as AddressInfo).port });
process.once("disconnect", () => process.exit(0));
