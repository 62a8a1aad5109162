import type { Duplex } from "node:stream";
import { encodeFrame, FrameReader, opcodes } from "@p4/conformance";

/** What may go wrong on sockets. A hook that is there decides alone what is passed on. */
export interface SocketFault {
  readonly fromClient?: (text: string, socket: BrokenSocket) => void;
  readonly fromServer?: (text: string, socket: BrokenSocket) => void;
  /** Bytes that are no UTF-8 text; passed on as they are without this. */
  readonly malformed?: (socket: BrokenSocket) => void;
  /** The client has gone without a close frame. */
  readonly broken?: (socket: BrokenSocket) => void;
}

export interface BrokenSocketOptions {
  readonly path: string;
  readonly client: Duplex;
  readonly real: Duplex;
  readonly all: Set<BrokenSocket>;
  readonly fault: SocketFault;
}

/** One wallet's socket, with a man in the middle before the real server. */
export class BrokenSocket {
  readonly path: string;
  readonly channelId: string;
  readonly client: Duplex;
  readonly all: Set<BrokenSocket>;
  /** For faults that remember. */
  readonly notes = new Map<string, string>();
  readonly #real: Duplex;
  readonly #fault: SocketFault;
  #saidGoodbye = false;

  constructor({ path, client, real, all, fault }: BrokenSocketOptions) {
    this.path = path;
    this.channelId = /\/ws\/([^?]*)/.exec(path)?.[1] ?? "";
    this.client = client;
    this.all = all;
    this.#real = real;
    this.#fault = fault;
  }

  start(head: Uint8Array): void {
    this.all.add(this);
    const { fromClient, fromServer } = this.#fault;
    const [clientReader, realReader] = [new FrameReader(), new FrameReader()];
    const onReal = (bytes: Uint8Array): void => {
      for (const { opcode, payload } of realReader.read(bytes)) {
        if (opcode === opcodes.text && fromServer !== undefined) fromServer(new TextDecoder().decode(payload), this);
        else this.#write(this.client, encodeFrame(opcode, payload, false));
      }
    };
    this.client.on("data", (bytes: Uint8Array) => {
      for (const { opcode, payload } of clientReader.read(bytes)) {
        if (opcode === opcodes.close) this.#saidGoodbye = true;
        if (opcode === opcodes.text && this.#fault.malformed !== undefined && !isUtf8(payload))
          this.#fault.malformed(this);
        else if (opcode === opcodes.text && fromClient !== undefined)
          fromClient(new TextDecoder().decode(payload), this);
        else this.#write(this.#real, encodeFrame(opcode, payload, true));
      }
    });
    this.#real.on("data", onReal);
    this.#real.on("error", () => this.destroy());
    this.client.on("error", () => this.destroy());
    this.#real.on("close", () => this.client.end());
    this.client.on("close", () => {
      this.all.delete(this);
      this.#real.destroy();
      if (!this.#saidGoodbye) this.#fault.broken?.(this);
    });
    if (head.length > 0) onReal(head);
  }

  get others(): readonly BrokenSocket[] {
    return [...this.all].filter((other) => other !== this && other.channelId === this.channelId);
  }

  toClient(text: string): void {
    this.#write(this.client, encodeFrame(opcodes.text, new TextEncoder().encode(text), false));
  }

  toServer(text: string): void {
    this.#write(this.#real, encodeFrame(opcodes.text, new TextEncoder().encode(text), true));
  }

  /** A close frame to the client. */
  close(code: number): void {
    this.#write(this.client, encodeFrame(opcodes.close, Uint8Array.of(code >> 8, code & 255), false));
    this.client.end();
  }

  /** As if the process had died. */
  destroy(): void {
    this.client.destroy();
    this.#real.destroy();
  }

  #write(stream: Duplex, bytes: Uint8Array): void {
    if (stream.writable) stream.write(bytes);
  }
}

function isUtf8(payload: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(payload);
    return true;
  } catch {
    return false;
  }
}
