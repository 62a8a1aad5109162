import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { expect, onTestFinished, vi } from "vitest";

export const opcodes = { text: 1, ping: 9, pong: 10 } as const;

/** A WebSocket without a library: it can ping, and send bytes that no library sends. Gone after the test. */
export class RawWallet {
  readonly #socket: Socket;
  readonly #chunks: Buffer[] = [];

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (chunk) => this.#chunks.push(chunk));
    socket.on("error", () => undefined);
  }

  static async join(httpUrl: string, path: string): Promise<RawWallet> {
    const { hostname, port } = new URL(httpUrl);
    const socket = connect({ host: hostname, port: Number(port) });
    onTestFinished(() => void socket.destroy());
    const wallet = new RawWallet(socket);
    await once(socket, "connect");
    const head = [`GET ${path} HTTP/1.1`, "Host: x", "Upgrade: websocket", "Connection: Upgrade"];
    const key = ["Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="];
    socket.write(`${[...head, ...key].join("\r\n")}\r\n\r\n`);
    await wallet.receives("join.success");
    return wallet;
  }

  get isClosed(): boolean {
    return this.#socket.readableEnded || this.#socket.destroyed;
  }

  /** One frame of up to 125 bytes, masked as a client's must be; the mask is zero. */
  send(opcode: number, payload: Buffer): void {
    this.#socket.write(Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | payload.length, 0, 0, 0, 0]), payload]));
  }

  async receives(bytes: string | Buffer): Promise<void> {
    await vi.waitFor(() => expect(Buffer.concat(this.#chunks).includes(bytes)).toBe(true));
  }
}
