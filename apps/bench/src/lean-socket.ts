import { connect, type Socket } from "node:net";
import { textFrame } from "./raw-peer.ts";

const pong = Buffer.from([0x8a, 0x80, 0, 0, 0, 0]);
const normalClosure = Buffer.from([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8]);

/**
 * A WebSocket client with little in it, so that the load generator is not the limit: no masking, no fragments, no
 * compression, texts alone.
 */
export class LeanSocket {
  readonly #socket: Socket;
  #in: Buffer = Buffer.alloc(0);
  #head = true;
  /** Resolves once the server has accepted the upgrade; rejects with the status line when it has not. */
  readonly opened: Promise<void>;
  readonly closed: Promise<void>;
  onText: (text: string) => void = () => undefined;
  #opens: () => void = () => undefined;
  #fails: (error: Error) => void = () => undefined;

  /** @param path with its query */
  constructor(port: number, path: string) {
    this.#socket = connect({ host: "127.0.0.1", port, noDelay: true });
    this.opened = new Promise((resolve, reject) => {
      this.#opens = resolve;
      this.#fails = reject;
    });
    this.opened.catch(() => undefined);
    this.closed = new Promise((resolve) => this.#socket.once("close", () => resolve()));
    this.#socket.on("error", (error) => this.#fails(error));
    this.#socket.once("close", () => this.#fails(new Error("the connection was closed")));
    this.#socket.on("data", (bytes) => this.#read(bytes));
    this.#socket.write(
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${String(port)}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    );
  }

  /** @param text of less than 64 kB */
  send(text: string): void {
    this.#socket.write(textFrame(text));
  }

  /** Says goodbye and resolves once the server has let go. */
  async close(): Promise<void> {
    if (!this.#socket.destroyed) this.#socket.write(normalClosure);
    await this.closed;
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #read(bytes: Buffer): void {
    let rest = this.#in.length === 0 ? bytes : Buffer.concat([this.#in, bytes]);
    if (this.#head) {
      const end = rest.indexOf("\r\n\r\n");
      if (end < 0) {
        this.#in = rest;
        return;
      }
      const status = rest.toString("latin1", 0, rest.indexOf("\r\n"));
      if (!status.startsWith("HTTP/1.1 101 ")) {
        this.#fails(new Error(status));
        this.#socket.destroy();
        return;
      }
      this.#head = false;
      rest = rest.subarray(end + 4);
      this.#opens();
    }
    for (let frame = frameIn(rest); frame !== undefined; frame = frameIn(rest)) {
      rest = rest.subarray(frame.end);
      this.#take(frame);
    }
    this.#in = rest;
  }

  #take({ opcode, payload }: Frame): void {
    if (opcode === 1) this.onText(payload.toString("utf8"));
    if (opcode === 8) this.#socket.end(normalClosure);
    if (opcode === 9) this.#socket.write(pong);
  }
}

interface Frame {
  readonly opcode: number;
  readonly payload: Buffer;
  readonly end: number;
}

/** The first frame, when all of it is there. A server's frames have no mask. */
function frameIn(bytes: Buffer): Frame | undefined {
  if (bytes.length < 2) return undefined;
  const short = bytes.readUInt8(1) & 0x7f;
  const start = short < 126 ? 2 : short === 126 ? 4 : 10;
  if (bytes.length < start) return undefined;
  const size = short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  const end = start + size;
  if (bytes.length < end) return undefined;
  return { opcode: bytes.readUInt8(0) & 0x0f, payload: bytes.subarray(start, end), end };
}
