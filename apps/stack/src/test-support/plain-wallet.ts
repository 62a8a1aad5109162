/** A message in the document's wrapper, as far as these tests look at it. */
export interface Frame {
  readonly key: string;
  readonly body: unknown;
  readonly messageId: string;
  readonly correlationID: string;
  readonly channelID: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A wallet without any library: a WebSocket and JSON. Hands out the frames in the order in which they came. */
export class PlainWallet {
  readonly #socket: WebSocket;
  readonly #frames: Frame[] = [];
  #wake: () => void = () => undefined;
  /** The close code, once closed. */
  readonly closed: Promise<number>;

  constructor(url: string) {
    this.#socket = new WebSocket(url);
    this.#socket.onmessage = ({ data }) => {
      this.#frames.push(JSON.parse(String(data)) as Frame);
      this.#wake();
    };
    this.closed = new Promise((resolve) => (this.#socket.onclose = ({ code }) => resolve(code)));
  }

  send(message: object): void {
    this.#socket.send(JSON.stringify(message));
  }

  /** The next frame. */
  async next(): Promise<Frame> {
    while (this.#frames.length === 0) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.#frames.shift() as Frame;
  }

  close(): void {
    this.#socket.close();
  }
}
