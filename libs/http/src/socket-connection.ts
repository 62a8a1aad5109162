import type { WebSocket as UwsWebSocket } from "uWebSockets.js";
import type { SendQueue, SendQueues } from "./send-queues.ts";
import type { Undecided } from "./undecided.ts";
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
  /** The upgrade was made ahead of its decision. */
  readonly undecided?: Undecided;
}

// uWS's send status; its typings describe the numbers only in prose, and the wrong way round.
const SENT = 1;

const maxReasonBytes = 123; // RFC 6455 section 5.5: a control frame holds 125 bytes, two of them the code.

/**
 * So long a closed peer may take for what waits before its close frame. uWS alone would keep queue and connection for as long
 * as the peer takes a byte now and then.
 */
const endingMs = 15_000;

/** Shared by the sockets of a route: functions of its own would take more memory than all else of an idle one. */
export interface SocketCallbacks {
  /** This side has closed; the connection lives on until what waits is sent. */
  readonly onClosing: (data: SocketUserData, code: number, reason: string) => void;
  /** The connection turns out to have ended without uWS's close callback. False: this side had closed it before. */
  readonly onLost: (data: SocketUserData, wasOpen: boolean) => void;
}

interface Ending extends Close {
  readonly ws: UwsWebSocket<SocketUserData>;
  readonly timer: NodeJS.Timeout;
}

/** Our face of one uWS WebSocket, with the bound on what waits for a slow peer. */
export class SocketConnection<Data> implements WebSocketConnection<Data>, SendQueue {
  /** Of a socket that was opened ahead of its decision, there with that. */
  data: Data;
  readonly remoteAddress: string;
  readonly #maxQueuedBytes: number;
  #closedWith: number | undefined;
  readonly #queues: SendQueues | undefined;
  #ws: UwsWebSocket<SocketUserData> | undefined;
  #ending: Ending | undefined;
  #userData: SocketUserData | undefined;
  #callbacks: SocketCallbacks | undefined;

  constructor(data: Data, remoteAddress: string, maxQueuedBytes: number, queues?: SendQueues) {
    this.data = data;
    this.remoteAddress = remoteAddress;
    this.#maxQueuedBytes = maxQueuedBytes;
    this.#queues = queues;
  }

  attach(ws: UwsWebSocket<SocketUserData>, userData: SocketUserData, callbacks: SocketCallbacks): void {
    this.#ws = ws;
    this.#userData = userData;
    this.#callbacks = callbacks;
  }

  /** uWS has closed the socket: it must not be touched again. False: this side had closed it before. */
  detach(): boolean {
    const wasOpen = this.#ws !== undefined;
    this.#ws = undefined;
    clearTimeout(this.#ending?.timer);
    this.#ending = undefined;
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
    if (queued > 0) this.#queues?.add(this);
    // One message alone is never refused: only what waits behind others counts. It is bounded by the sender's own limit.
    if (queued > 0 && queued + Buffer.byteLength(text) > this.#maxQueuedBytes) {
      this.close(closeCodes.slowConsumer, "too slow: the send queue is full");
      return "dropped";
    }
    const result = this.#use("dropped", (ws) => (ws.send(text, false, false) === SENT ? "sent" : "backpressure"));
    if (result === "backpressure") this.#queues?.add(this);
    return result;
  }

  get queuedBytes(): number {
    return this.#ending === undefined ? this.bufferedBytes() : this.#useEnding(0, (ws) => ws.getBufferedAmount());
  }

  get isEnding(): boolean {
    return this.#ending !== undefined;
  }

  end(): void {
    this.close(closeCodes.slowConsumer, "too slow: the send queues are full");
  }

  cut(): void {
    this.#useEnding(undefined, (ws) => void ws.close());
  }

  bufferedBytes(): number {
    return this.#use(0, (ws) => ws.getBufferedAmount());
  }

  close(code: number, reason: string): void {
    this.#use(undefined, (ws) => {
      // First: uWS runs the close callback before it returns.
      this.#closedWith = code;
      if (ws.getBufferedAmount() === 0) return void ws.end(code, cutReason(reason));
      this.#ws = undefined;
      const timer = setTimeout(() => this.cut(), endingMs).unref();
      this.#ending = { ws, code, reason, timer };
      this.#queues?.add(this);
      if (this.#userData !== undefined) this.#callbacks?.onClosing(this.#userData, code, reason);
    });
  }

  /** uWS says that the queue became shorter. Behind its last byte goes the close frame. */
  drained(): void {
    const { code, reason } = this.#ending ?? { code: 0, reason: "" };
    this.#useEnding(undefined, (ws) => {
      if (ws.getBufferedAmount() === 0) ws.end(code, cutReason(reason));
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

  /** uWS throws when its socket has ended: a late call must do no harm, least of all to the drain. */
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

  #useEnding<T>(otherwise: T, call: (ws: UwsWebSocket<SocketUserData>) => T): T {
    if (this.#ending === undefined) return otherwise;
    try {
      return call(this.#ending.ws);
    } catch {
      this.#lost();
      return otherwise;
    }
  }

  #lost(): void {
    const wasOpen = this.detach();
    if (this.#userData !== undefined) this.#callbacks?.onLost(this.#userData, wasOpen);
  }
}

/** At most 123 bytes, never half a character. */
function cutReason(reason: string): string {
  if (reason.length * 3 <= maxReasonBytes) return reason;
  const { written } = new TextEncoder().encodeInto(reason, new Uint8Array(maxReasonBytes));
  return Buffer.from(reason).subarray(0, written).toString("utf8");
}
