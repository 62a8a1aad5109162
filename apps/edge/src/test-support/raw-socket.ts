import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { waitFor } from "@p4/testkit";
import { onTestFinished } from "vitest";

export interface RawSocket {
  readonly socket: Socket;
  /** What the server has written so far, as latin1. */
  readonly received: () => string;
}

/** A WebSocket without a library behind it: it can stop reading, and say what no library says. Gone after the test. */
export async function rawJoin(edge: { readonly port: number }, path: string): Promise<RawSocket> {
  const socket = connect({ host: "127.0.0.1", port: edge.port });
  onTestFinished(() => void socket.destroy());
  const chunks: string[] = [];
  socket.on("data", (chunk) => chunks.push(chunk.toString("latin1")));
  socket.on("error", () => undefined);
  await once(socket, "connect");
  const head = ["Host: x", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"];
  socket.write(
    `GET /ws/${path} HTTP/1.1\r\n${head.join("\r\n")}\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
  );
  const received = (): string => chunks.join("");
  await waitFor(() => received().includes("join.success"), { description: `${path} is joined` });
  return { socket, received };
}

/** A masked text frame of up to 125 bytes. The mask is zero, so the text stays readable. */
export function shortFrame(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)]);
}
