import type { WebSocket as UwsWebSocket } from "uWebSockets.js";
import { closeCodes, type SendResult, type WebSocketConnection } from "./web-socket-route.ts";

export interface Close {
  readonly code: number;
  readonly reason: string;
}

/** The one thing that we hang on uWS's socket object. */
export interface SocketUserData {
  readonly connection: SocketConnection<unknown>;
  /** The upgrade was made only to tell its refusal: no route knows this socket. */
  readonly refusedWith?: Close;
}

// uWS's send status; its typings describe the numbers only in prose, and the wrong way round.
const SENT = 1;

const maxReasonBytes = 123; // RFC 6455 section 5.5: a control frame holds 125 bytes, two of them the code.

/** Our face of one uWS WebSocket, with the bound on what waits for a slow peer. */
export class SocketConnection<Data> implements WebSocketConnection<Data> {
  readonly data: Data;
  readonly remoteAddress: string;
  readonly #maxQueuedBytes: number;
  #closedWith: number | undefined;
  #ws: UwsWebSocket<SocketUserData> | undefined;
  #onLost: () => void = () => undefined;

  constructor(data: Data, remoteAddress: string, maxQueuedBytes: number) {
    this.data = data;
    this.remoteAddress = remoteAddress;
    this.#maxQueuedBytes = maxQueuedBytes;
  }

  /** `onLost` is called when the socket turns out to have ended without uWS's close callback. */
  attach(ws: UwsWebSocket<SocketUserData>, onLost: () => void): void {
    this.#ws = ws;
    this.#onLost = onLost;
  }

  /** uWS has closed the socket: it must not be touched again. False: that was known. */
  detach(): boolean {
    const wasOpen = this.#ws !== undefined;
    this.#ws = undefined;
    return wasOpen;
  }

  get isOpen(): boolean {
    return this.#ws !== undefined;
  }

  /** The code that this side closed with; undefined while open, or when the peer closed. */
  get closedWith(): number | undefined {
    return this.#closedWith;
  }

  send(text: string | Uint8Array): SendResult {
    const queued = this.bufferedBytes();
    // One message alone is never refused: only what waits behind others counts. It is bounded by the sender's own limit.
    if (queued > 0 && queued + Buffer.byteLength(text) > this.#maxQueuedBytes) {
      this.close(closeCodes.slowConsumer, "too slow: the send queue is full");
      return "dropped";
    }
    return this.#use("dropped", (ws) => (ws.send(text, false, false) === SENT ? "sent" : "backpressure"));
  }

  bufferedBytes(): number {
    return this.#use(0, (ws) => ws.getBufferedAmount());
  }

  close(code: number, reason: string): void {
    this.#use(undefined, (ws) => {
      // First: uWS runs the close callback before it returns.
      this.#closedWith = code;
      ws.end(code, cutReason(reason));
    });
  }

  cork(writes: () => void): void {
    // What `writes` itself throws is the caller's; uWS throws before it calls it.
    let begun = false;
    const corked = (): void => {
      begun = true;
      writes();
    };
    const ws = this.#ws;
    if (ws === undefined) return writes();
    try {
      ws.cork(corked);
    } catch (error) {
      if (begun) throw error;
      this.#lost();
      writes();
    }
  }

  /** uWS throws when its socket has ended: a call that comes late must harm nobody, least of all the drain. */
  #use<T>(otherwise: T, call: (ws: UwsWebSocket<SocketUserData>) => T): T {
    const ws = this.#ws;
    if (ws === undefined) return otherwise;
    try {
      return call(ws);
    } catch {
      this.#lost();
      return otherwise;
    }
  }

  #lost(): void {
    if (this.detach()) this.#onLost();
  }
}

/** At most 123 bytes, never half a character. */
function cutReason(reason: string): string {
  if (reason.length * 3 <= maxReasonBytes) return reason;
  const { written } = new TextEncoder().encodeInto(reason, new Uint8Array(maxReasonBytes));
  return Buffer.from(reason).subarray(0, written).toString("utf8");
}
