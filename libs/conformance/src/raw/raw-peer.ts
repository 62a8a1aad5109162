import type { ConnectTcp, TcpConnection } from "./tcp.ts";
import { encodeFrame, FrameReader, opcodes } from "./web-socket-frames.ts";

const upgradeHead = {
  Connection: "Upgrade",
  Upgrade: "websocket",
  "Sec-WebSocket-Version": "13",
  "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
};
export type UpgradeHead = Readonly<Record<string, string>>;

/** A WebSocket client that does what it is told: any bytes, any URL, no reading. */
export class RawPeer {
  /** The HTTP status of the upgrade's answer; 0 when there was none. */
  status = 0;
  readonly texts: string[] = [];
  /** Null while open. 1006: closed without a close frame; 1005: with one that says nothing. */
  closedWith: number | null = null;
  /** What the close frame said beside its code. */
  closeReason = "";
  /** What came after the head of an HTTP answer that is no upgrade. */
  body = "";
  readonly #reader = new FrameReader();
  #connection: TcpConnection | null = null;
  #head: Uint8Array | null = new Uint8Array(0);
  #closeCode = 1006;

  /** Opens the socket and sends the upgrade, its path exactly as given. `changed` headers are sent beside the right ones, or in their place. */
  static async connect(url: URL, path: string, connectTcp: ConnectTcp, changed: UpgradeHead = {}): Promise<RawPeer> {
    const secure = url.protocol === "wss:";
    const peer = new RawPeer();
    const port = url.port === "" ? (secure ? 443 : 80) : Number(url.port);
    const connection = await connectTcp(
      { host: url.hostname, port, secure },
      { data: (bytes) => peer.#onData(bytes), closed: () => void (peer.closedWith = peer.#closeCode) },
    );
    peer.#connection = connection;
    const lines = Object.entries({ ...upgradeHead, ...changed }).map(([name, value]) => `${name}: ${value}\r\n`);
    connection.write(encoder.encode(`GET ${path} HTTP/1.1\r\nHost: ${url.host}\r\n${lines.join("")}\r\n`));
    return peer;
  }

  send(opcode: number, payload: Uint8Array | string): void {
    this.#connection?.write(encodeFrame(opcode, typeof payload === "string" ? encoder.encode(payload) : payload, true));
  }

  pause(): void {
    this.#connection?.pause();
  }

  close(): void {
    this.#connection?.destroy();
  }

  #onData(bytes: Uint8Array): void {
    const frames = this.#afterHead(bytes);
    if (frames === null) return;
    for (const { opcode, payload } of this.#reader.read(frames)) {
      if (opcode === opcodes.text) this.texts.push(decoder.decode(payload));
      if (opcode === opcodes.ping) this.send(opcodes.pong, payload);
      if (opcode === opcodes.close) {
        this.#closeCode = payload.length < 2 ? 1005 : payload[0]! * 256 + payload[1]!;
        this.closeReason = decoder.decode(payload.subarray(2));
        this.closedWith = this.#closeCode;
        this.close();
      }
    }
  }

  /** The bytes after the answer's head; null as long as it is not complete. */
  #afterHead(bytes: Uint8Array): Uint8Array | null {
    if (this.#head === null) return this.#afterAnswer(bytes);
    const joined = new Uint8Array([...this.#head, ...bytes]);
    const text = latin1.decode(joined);
    const end = text.indexOf("\r\n\r\n");
    if (end === -1) {
      this.#head = joined;
      return null;
    }
    this.#head = null;
    this.status = Number(/^HTTP\/1\.\d (\d{3})/.exec(text)?.[1] ?? 0);
    return this.#afterAnswer(joined.subarray(end + 4));
  }

  /** Frames after an upgrade; of any other answer it is the body. */
  #afterAnswer(bytes: Uint8Array): Uint8Array | null {
    if (this.status === 101) return bytes;
    this.body += decoder.decode(bytes);
    return null;
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const latin1 = new TextDecoder("latin1");
