import { connect, type Socket } from "node:net";

export interface SocketTarget {
  readonly host: string;
  readonly port: number;
  /** The address of loopback that it comes from. */
  readonly from: string;
}

const opcodes = { text: 1, close: 8, ping: 9, pong: 10 } as const;

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
  #buffered = Buffer.alloc(0);
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
    const frame = maskedFrame(opcodes.text, Buffer.from(text));
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
    this.#buffered = Buffer.concat([this.#buffered, chunk]);
    if (this.status === 0 && !this.#readHead()) return;
    while (this.status === 101 && this.#readFrame());
    this.#tell();
  }

  #readHead(): boolean {
    const end = this.#buffered.indexOf("\r\n\r\n");
    if (end < 0) return false;
    this.status = Number(/^HTTP\/1\.1 (\d+)/.exec(this.#buffered.toString("latin1", 0, end))?.[1] ?? 0);
    this.#buffered = this.#buffered.subarray(end + 4);
    return true;
  }

  #readFrame(): boolean {
    const buffered = this.#buffered;
    const short = (buffered[1] ?? 0) & 0x7f;
    const head = short === 126 ? 4 : short === 127 ? 10 : 2;
    if (buffered.length < head) return false;
    const length = short === 126 ? buffered.readUInt16BE(2) : short === 127 ? buffered.readUInt32BE(6) : short;
    if (buffered.length < head + length) return false;
    const payload = buffered.subarray(head, head + length);
    this.#buffered = buffered.subarray(head + length);
    this.#onFrame((buffered[0] ?? 0) & 0x0f, payload);
    return true;
  }

  #onFrame(opcode: number, payload: Buffer): void {
    if (opcode === opcodes.text) this.frames.push(JSON.parse(payload.toString("utf8")) as Frame);
    if (opcode === opcodes.ping) this.socket.write(maskedFrame(opcodes.pong, payload));
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

/** As a client's must be; the mask is zero, so that the text needs no change. */
function maskedFrame(opcode: number, payload: Buffer): Buffer {
  const size = payload.length < 126 ? 6 : payload.length < 65_536 ? 8 : 14;
  const head = Buffer.alloc(size);
  head[0] = 0x80 | opcode;
  head[1] = 0x80 | (size === 6 ? payload.length : size === 8 ? 126 : 127);
  if (size === 8) head.writeUInt16BE(payload.length, 2);
  if (size === 14) head.writeUInt32BE(payload.length, 6);
  return Buffer.concat([head, payload]);
}
