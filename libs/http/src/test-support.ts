import { connect, type Socket } from "node:net";
import { afterEach } from "vitest";
import { startServer, type HttpServer, type ServerOptions } from "./server.ts";
import type { AnyWebSocketRoute, WebSocketConnection } from "./web-socket-route.ts";

/** A running server, the errors it reported, and its base URL. Closed after the test. */
export interface Running {
  readonly server: HttpServer;
  readonly url: string;
  readonly socketUrl: string;
  readonly errors: { error: unknown; where: string }[];
}

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

export async function serve(options: Partial<ServerOptions>): Promise<Running> {
  const errors: Running["errors"] = [];
  const server = await startServer({
    host: "127.0.0.1",
    port: 0,
    routes: [],
    onError: (error, where) => errors.push({ error, where }),
    ...options,
  });
  cleanups.push(() => server.close({ deadlineMs: 0 }));
  return {
    server,
    errors,
    url: `http://127.0.0.1:${String(server.port)}`,
    socketUrl: `ws://127.0.0.1:${String(server.port)}`,
  };
}

export type EchoSocket = WebSocketConnection<{ id: string | undefined }>;

/** `/ws/:id`: takes every join and echoes every message. */
export function echoRoute(extra: Partial<AnyWebSocketRoute> = {}): AnyWebSocketRoute {
  return {
    path: "/ws/:id",
    maxMessageBytes: 1_000,
    upgrade: (request) => ({ accept: true, data: { id: request.params["id"] } }),
    message: (socket: EchoSocket, text) => void socket.send(text),
    ...extra,
  };
}

/** A raw TCP client, for what well-behaved clients cannot do. `received` grows as bytes arrive. */
export async function rawClient(
  port: number,
): Promise<{ socket: Socket; received: () => string; ended: Promise<void> }> {
  const socket = connect({ host: "127.0.0.1", port });
  cleanups.push(() => void socket.destroy());
  let text = "";
  socket.on("data", (chunk) => (text += chunk.toString("latin1")));
  socket.on("error", () => undefined);
  const ended = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  await new Promise<void>((resolve) => socket.once("connect", () => resolve()));
  return { socket, received: () => text, ended };
}

/** The bytes of a WebSocket handshake. */
export function handshake(path: string): string {
  return `GET ${path} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n`;
}

/** One browser-like WebSocket: what it received and how it was closed. */
export interface Wallet {
  readonly socket: WebSocket;
  readonly messages: string[];
  readonly opened: Promise<boolean>;
  readonly closed: Promise<{ code: number; reason: string }>;
}

export function wallet(url: string, protocols?: string[]): Wallet {
  const socket = new WebSocket(url, protocols ?? []);
  cleanups.push(() => socket.close());
  const messages: string[] = [];
  socket.addEventListener("message", (event) => messages.push(String(event.data)));
  const opened = new Promise<boolean>((resolve) => {
    socket.addEventListener("open", () => resolve(true));
    socket.addEventListener("error", () => resolve(false));
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.addEventListener("close", ({ code, reason }) => resolve({ code, reason }));
  });
  return { socket, messages, opened, closed };
}

/** A promise and the function that resolves it. */
export function signal<T = void>(): { promise: Promise<T>; fire: (value: T) => void } {
  let fire: (value: T) => void = () => undefined;
  const promise = new Promise<T>((resolve) => (fire = resolve));
  return { promise, fire };
}
