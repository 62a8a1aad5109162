import { setTimeout as sleep } from "node:timers/promises";
import { closeCodes } from "@p4/protocol";
import { vi } from "vitest";

/** A frame in either dialect, as JSON has it. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- whatever JSON holds
export type Frame = Record<string, any>;

/** What the deployed Go library's HTTP client says of itself. */
export const goClient = { "user-agent": "Go-http-client/1.1" };

const fastPoll = { interval: 3 };

/** A wallet without any library of ours: a WebSocket, and every frame that came, as text and as JSON. */
export class Wallet {
  readonly socket: WebSocket;
  readonly texts: string[] = [];
  readonly frames: Frame[] = [];
  /** Null while it is open. */
  closedWith: number | null = null;

  constructor(url: string, protocols: readonly string[] = [], headers: Record<string, string> = {}) {
    // Node.js's own takes headers, which the type of a browser's does not know.
    const options: object = { protocols: [...protocols], headers };
    this.socket = new WebSocket(url, options as string[]);
    this.socket.onmessage = ({ data }) => {
      this.texts.push(String(data));
      this.frames.push(JSON.parse(String(data)) as Frame);
    };
    this.socket.onclose = ({ code }) => (this.closedWith = code);
  }

  static async join(url: string, protocols: readonly string[] = [], headers = {}): Promise<Wallet> {
    for (;;) {
      const wallet = new Wallet(url, protocols, headers);
      await vi.waitFor(() => {
        if (wallet.frames.length === 0 && wallet.closedWith === null) throw new Error("neither an answer nor an end");
      }, fastPoll);
      if (wallet.frames.length > 0) {
        await wallet.hear("join.success");
        return wallet;
      }
      // A busy node says so, and a wallet tries again.
      if (wallet.closedWith !== closeCodes.joinLater.code) throw new Error(`refused${wallet.end}`);
      await sleep(250);
    }
  }

  get keys(): string[] {
    return this.frames.map(keyOf);
  }

  /** The id that the server gave this connection: others see it as the sender. */
  get clientId(): string {
    return String(this.frames[0]?.["clientID"]);
  }

  private get end(): string {
    return this.closedWith === null ? "" : `; closed with ${String(this.closedWith)}`;
  }

  send(frame: Frame | string): void {
    this.socket.send(typeof frame === "string" ? frame : JSON.stringify(frame));
  }

  /** The n-th frame with this key, once it is there. */
  async hear(key: string, nth = 1): Promise<Frame> {
    return vi.waitFor(() => {
      const found = this.frames.filter((frame) => keyOf(frame) === key)[nth - 1];
      if (found === undefined) throw new Error(`no ${key} (${String(nth)}) among ${this.keys.join(", ")}${this.end}`);
      return found;
    }, fastPoll);
  }

  /** The text of the n-th frame with this key. */
  async hearText(key: string, nth = 1): Promise<string> {
    return this.texts[this.frames.indexOf(await this.hear(key, nth))] ?? "";
  }

  async closed(): Promise<number> {
    return vi.waitFor(() => {
      if (this.closedWith === null) throw new Error(`still open after ${this.keys.join(", ")}`);
      return this.closedWith;
    }, fastPoll);
  }

  async leave(): Promise<void> {
    this.socket.close();
    await this.closed();
  }
}

export function keyOf(frame: Frame): string {
  return String(frame["key"] ?? frame["type"]);
}

export function headerOf(frame: Frame, name: string): string {
  const entry = Object.entries((frame["headers"] ?? {}) as Record<string, string | string[]>).find(
    ([candidate]) => candidate.toLowerCase() === name.toLowerCase(),
  );
  return entry === undefined ? "" : [entry[1]].flat().join(", ");
}
