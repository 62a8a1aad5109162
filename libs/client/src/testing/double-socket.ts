import type { WebSocketConstructor, WebSocketLike } from "../web-socket.ts";
import type { DoublePeer } from "./double-channel.ts";

/** The server's end of an in-memory socket. */
export interface DoubleServerEnd {
  receive(text: string): void;
  closed(): void;
}

type Accept = (url: string, peer: DoublePeer) => DoubleServerEnd | null;

/** A WebSocket class whose sockets end in `accept`. Null refuses the connection. Nothing happens synchronously. */
export function doubleWebSocket(accept: Accept): WebSocketConstructor {
  return class implements WebSocketLike {
    onopen: ((event: never) => unknown) | null = null;
    onmessage: ((event: never) => unknown) | null = null;
    onclose: ((event: never) => unknown) | null = null;
    onerror: ((event: never) => unknown) | null = null;
    #server: DoubleServerEnd | null = null;
    #isClosed = false;

    constructor(url: string) {
      queueMicrotask(() => {
        if (this.#isClosed) return;
        this.#server = accept(url, {
          send: (text) => this.#later(() => this.onmessage?.({ data: text } as never)),
          close: (code, reason) => this.#lose(code, reason),
        });
        if (this.#server === null) this.#lose(1006, "");
        else this.onopen?.({} as never);
      });
    }

    send(text: string): void {
      this.#later(() => this.#server?.receive(text));
    }

    close(): void {
      if (this.#isClosed) return;
      this.#isClosed = true;
      this.#server?.closed();
    }

    #lose(code: number, reason: string): void {
      queueMicrotask(() => {
        if (this.#isClosed) return;
        this.#isClosed = true;
        this.onclose?.({ code, reason } as never);
      });
    }

    #later(act: () => void): void {
      queueMicrotask(() => {
        if (!this.#isClosed) act();
      });
    }
  };
}
