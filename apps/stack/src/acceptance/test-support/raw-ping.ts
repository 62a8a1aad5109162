import { once } from "node:events";
import { connect } from "node:net";
import { expect, onTestFinished, vi } from "vitest";

/** Joins without a WebSocket library, sends a ping, and resolves with the bytes of the first pong. */
export async function pongTo(httpUrl: string, path: string, payload: string): Promise<Buffer> {
  const { hostname, port } = new URL(httpUrl);
  const socket = connect({ host: hostname, port: Number(port) });
  onTestFinished(() => void socket.destroy());
  const chunks: Buffer[] = [];
  socket.on("data", (chunk) => chunks.push(chunk));
  await once(socket, "connect");
  const head = [`GET ${path} HTTP/1.1`, "Host: x", "Upgrade: websocket", "Connection: Upgrade"];
  const key = ["Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="];
  socket.write(`${[...head, ...key].join("\r\n")}\r\n\r\n`);
  await vi.waitFor(() => expect(Buffer.concat(chunks).includes("join.success")).toBe(true));
  // Masked, as a client must; the mask is zero.
  socket.write(Buffer.concat([Buffer.from([0x89, 0x80 | payload.length, 0, 0, 0, 0]), Buffer.from(payload)]));
  const pong = Buffer.concat([Buffer.from([0x8a, payload.length]), Buffer.from(payload)]);
  await vi.waitFor(() => expect(Buffer.concat(chunks).includes(pong)).toBe(true));
  return pong;
}
