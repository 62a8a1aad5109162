import { connect, type Socket } from "node:net";
import { encodeFrame, FrameReader, opcodes } from "@p4/conformance";

export interface SocketTarget {
  readonly host: string;
  readonly port: number;
  /** The address of loopback that it comes from. */
  readonly from: string;
}

/** A frame in either dialect. */
export type Frame = Readonly<Record<string, unknown>>;

/**
 * A WebSocket without a library: it comes from any address of loopback, and can send what no library sends. What it hears
 * is kept as frames, for as long as it is open.
 */
export class StrangerSocket {
  readonly socket: Socket;
  readonly frames: Frame[] = [];
  /** The answer to the upgrade: 101 when it has joined, 0 while there is none. */
  status = 0;
  /** Null: the server has closed it with no code, or not at all. */
  closedWith: number | null = null;
  /** Of the answer's head; null: it is complete. */
  #head: Buffer | null = Buffer.alloc(0);
  readonly #reader = new FrameReader();
  readonly #changed = new Set<() => void>();

  constructor({ host, port, from }: SocketTarget, path: string, headers: readonly string[] = upgradeHeaders) {
    this.socket = connect({ host, port, localAddress: from });
    this.socket.on("error", () => undefined);
    this.socket.on("data", (chunk: Buffer) => this.#onData(chunk));
    this.socket.on("close", () => this.#tell());
    this.socket.write([`GET ${path} HTTP/1.1`, "Host: x", ...headers, "", ""].join("\r\n"));
  }

  get isOver(): boolean {
    return this.socket.destroyed || this.closedWith !== null;
  }

  /** Gives how many bytes went out. */
  say(key: string, body: object, messageId: string): number {
    return this.write(JSON.stringify({ key, messageId, headers: {}, body }));
  }

  /** A text frame, whatever it holds. Gives how many bytes went out. */
  write(text: string): number {
    const frame = encodeFrame(opcodes.text, Buffer.from(text), true);
    if (!this.socket.destroyed) this.socket.write(frame);
    return frame.length;
  }

  heard(key: string): Frame[] {
    return this.frames.filter((frame) => keyOf(frame) === key);
  }

  /** Resolves when it is so, when the connection is over or after the time, whichever comes first; with whether it is so. */
  until(isSo: () => boolean, withinMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (): void => {
        if (!isSo() && !this.isOver && !isLate) return;
        clearTimeout(timer);
        this.#changed.delete(settle);
        resolve(isSo());
      };
      let isLate = false;
      const timer = setTimeout(() => {
        isLate = true;
        settle();
      }, withinMs);
      this.#changed.add(settle);
      settle();
    });
  }

  end(): void {
    this.socket.destroy();
  }

  #tell(): void {
    for (const settle of [...this.#changed]) settle();
  }

  #onData(chunk: Buffer): void {
    const bytes = this.#head === null ? chunk : this.#afterHead(Buffer.concat([this.#head, chunk]));
    if (bytes === null) return;
    if (this.status === 101) for (const { opcode, payload } of this.#reader.read(bytes)) this.#onFrame(opcode, payload);
    this.#tell();
  }

  /** Null: the head is not complete yet. */
  #afterHead(bytes: Buffer): Buffer | null {
    const end = bytes.indexOf("\r\n\r\n");
    this.#head = end < 0 ? bytes : null;
    if (end < 0) return null;
    this.status = Number(/^HTTP\/1\.1 (\d+)/.exec(bytes.toString("latin1", 0, end))?.[1] ?? 0);
    return bytes.subarray(end + 4);
  }

  #onFrame(opcode: number, bytes: Uint8Array): void {
    const payload = Buffer.from(bytes);
    if (opcode === opcodes.text) this.frames.push(JSON.parse(payload.toString("utf8")) as Frame);
    if (opcode === opcodes.ping) this.socket.write(encodeFrame(opcodes.pong, payload, true));
    if (opcode === opcodes.close) this.closedWith = payload.length >= 2 ? payload.readUInt16BE(0) : 1005;
  }
}

export const upgradeHeaders: readonly string[] = [
  "Upgrade: websocket",
  "Connection: Upgrade",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
];

export function keyOf(frame: Frame): string {
  return String(frame["key"] ?? frame["type"]);
}

/** The code of an `error` frame; "" for any other. */
export function errorCodeOf(frame: Frame): string {
  const { errCode } = (frame["errorBody"] ?? {}) as { readonly errCode?: unknown };
  return typeof errCode === "string" ? errCode : "";
}
