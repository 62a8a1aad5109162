import { waitFor } from "@p4/testkit";
import { afterEach } from "vitest";

/** A frame as a peer receives it, in either dialect. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- whatever JSON holds
export type Frame = Record<string, any>;

/** A plain WebSocket: what it received, and how it was closed. No SDK. */
export class Peer {
  readonly socket: WebSocket;
  readonly texts: string[] = [];
  readonly frames: Frame[] = [];
  /** Null while it is open. */
  closedWith: { code: number; reason: string } | null = null;

  constructor(url: string, protocols: string[] = [], headers: Readonly<Record<string, string>> = {}) {
    // Node.js's own takes headers, which the type of a browser's does not know.
    const options: object = { protocols, headers };
    this.socket = new WebSocket(url, options as string[]);
    this.socket.addEventListener("message", ({ data }) => {
      this.texts.push(String(data));
      this.frames.push(JSON.parse(String(data)));
    });
    this.socket.addEventListener("close", ({ code, reason }) => (this.closedWith = { code, reason }));
    this.socket.addEventListener("error", () => undefined);
  }

  get keys(): string[] {
    return this.frames.map(keyOf);
  }

  /** The place in the log that the last frame with a sequence told. */
  get sequence(): string {
    return sequenceOf(this.frames.findLast((frame) => sequenceOf(frame) !== "") ?? {});
  }

  send(frame: Frame | string): void {
    this.socket.send(typeof frame === "string" ? frame : JSON.stringify(frame));
  }

  /** A message of the document's dialect. */
  say(key: string, members: Frame = {}): void {
    this.send({ key, messageId: `${key}-${String(++messageCount)}`, ...members });
  }

  /** The n-th frame with this key, once it is there. */
  async hear(key: string, nth = 1): Promise<Frame> {
    const found = () => this.frames.filter((frame) => keyOf(frame) === key)[nth - 1];
    try {
      return await waitFor(found);
    } catch (cause) {
      const state = `readyState ${String(this.socket.readyState)}, closed with ${JSON.stringify(this.closedWith)}`;
      throw new Error(`no ${key} (${String(nth)}) among ${this.keys.join(", ")}; ${state}`, { cause });
    }
  }

  async closed(): Promise<{ code: number; reason: string }> {
    return waitFor(() => this.closedWith, { description: `the close after ${this.keys.join(", ")}` });
  }

  /** Leaves, and waits until the other side has agreed. */
  async leave(): Promise<void> {
    this.socket.close();
    await this.closed();
  }
}

/** What the deployed Go library's HTTP client says of itself. */
export const goClient = { "user-agent": "Go-http-client/1.1" } as const;

let messageCount = 0;
const peers: Peer[] = [];

afterEach(() => {
  for (const peer of peers.splice(0)) peer.socket.close();
});

export function keyOf(frame: Frame): string {
  return frame["key"] ?? frame["type"];
}

export function headerOf(frame: Frame, name: string): string {
  const value = frame["headers"]?.[name];
  return (Array.isArray(value) ? value[0] : value) ?? "";
}

export function sequenceOf(frame: Frame): string {
  return headerOf(frame, "x-p4-sequence");
}

/** Opens a socket and waits for its greeting. Closed after the test. */
export async function joinPeer(
  url: string,
  protocols: string[] = [],
  headers: Readonly<Record<string, string>> = {},
): Promise<Peer> {
  const peer = new Peer(url, protocols, headers);
  peers.push(peer);
  await peer.hear("join.success");
  return peer;
}

/** For joins that will be refused. */
export function openPeer(url: string): Peer {
  const peer = new Peer(url);
  peers.push(peer);
  return peer;
}
