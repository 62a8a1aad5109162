/** A frame as it went over a socket. */
export interface RecordedFrame {
  readonly id: number;
  readonly side: "customer" | "merchant";
  readonly direction: "sent" | "received";
  readonly atMs: number;
  readonly text: string;
  /** Of the channel, without parameters: those hold secrets of this page. */
  readonly socketUrl: string;
}

export type Record = (frame: Omit<RecordedFrame, "id">) => void;

/** The browser's WebSocket, which tells of each frame that it sends and receives. */
export function recordedSocket(side: RecordedFrame["side"], record: Record): new (url: string) => WebSocket {
  return class extends WebSocket {
    readonly #socketUrl: string;

    constructor(url: string) {
      super(url);
      const { origin, pathname } = new URL(url);
      this.#socketUrl = origin.replace(/^http/, "ws") + pathname;
      this.addEventListener("message", ({ data }) => this.#note("received", String(data)));
    }

    override send(data: string): void {
      this.#note("sent", data);
      super.send(data);
    }

    #note(direction: RecordedFrame["direction"], text: string): void {
      record({ side, direction, atMs: Date.now(), text, socketUrl: this.#socketUrl });
    }
  };
}
