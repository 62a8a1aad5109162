import { onHttpAnswer } from "./http-answer.ts";

/** The part of the standard WebSocket that a session needs. Browsers, Node.js 22 and the `ws` package have it. */
export interface WebSocketLike {
  onopen: ((event: never) => unknown) | null;
  onmessage: ((event: never) => unknown) | null;
  onclose: ((event: never) => unknown) | null;
  onerror: ((event: never) => unknown) | null;
  send(text: string): void;
  close(code?: number, reason?: string): void;
}

export type WebSocketConstructor = new (url: string) => WebSocketLike;

export interface SocketListener {
  message(text: string): void;
  /** Once, whether the socket had opened or not; never after `close()` of ours. */
  lost(code: number, reason: string): void;
  /** Instead of `lost`: the runtime does not let a socket to this address be made. */
  blocked(reason: string): void;
}

/** One connection: from its start until it is lost or closed. */
export class Socket {
  #socket: WebSocketLike | null = null;
  #isClosed = false;

  constructor(create: WebSocketConstructor, url: string, listener: SocketListener) {
    let socket: WebSocketLike;
    try {
      socket = new create(url);
    } catch (error) {
      // A page that came over TLS may not open ws. Another address may do.
      const reason = error instanceof Error ? error.message : String(error);
      queueMicrotask(() => {
        if (!this.#isClosed) listener.blocked(reason);
      });
      return;
    }
    this.#socket = socket;
    const lose = (code: number, reason: string): void => {
      this.#silence();
      listener.lost(code, reason);
    };
    let hasOpened = false;
    socket.onopen = () => void (hasOpened = true);
    socket.onmessage = (event: { data: unknown }) => {
      if (typeof event.data === "string") listener.message(event.data);
    };
    socket.onclose = (event: { code?: number; reason?: string }) => lose(event.code || 1006, event.reason ?? "");
    // The standard has a close event follow each error; Node.js 22 leaves it out when the connection was never made.
    socket.onerror = () => {
      if (!hasOpened) lose(1006, "the connection could not be made");
    };
    onHttpAnswer(socket, (code, reason) => {
      if (!this.#isClosed) lose(code, reason);
    });
  }

  send(text: string): void {
    this.#socket?.send(text);
  }

  /** Not awaited: the close handshake of a dead peer may take a minute. */
  close(code: number, reason: string): void {
    this.#isClosed = true;
    this.#silence();
    this.#socket?.close(code, reason);
  }

  #silence(): void {
    if (this.#socket === null) return;
    this.#socket.onmessage = null;
    this.#socket.onclose = null;
    this.#socket.onerror = () => undefined;
  }
}
