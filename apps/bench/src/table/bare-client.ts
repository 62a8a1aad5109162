import { once } from "node:events";
import { connect, type Socket } from "node:net";

const lineEnd = "\r\n";

/** A NATS client with nothing in it but a socket: what the broker can do at the most. */
export class BareClient {
  readonly #socket: Socket;
  readonly #waiting = new Map<string, (body: string) => void>();
  #out: Buffer[] = [];
  #in: Buffer = Buffer.alloc(0);
  #count = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (bytes) => this.#read(bytes));
    socket.write(`CONNECT {"verbose":false,"headers":true,"no_responders":true}${lineEnd}SUB _R.* 1${lineEnd}`);
  }

  /** @param url `nats://host:port` */
  static async connect(url: string): Promise<BareClient> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.setNoDelay(true);
    await once(socket, "connect");
    return new BareClient(socket);
  }

  /** Resolves with the answer's body. What is sent in one turn of the event loop leaves in one write. */
  request(subject: string, headerLines: string, body: Buffer): Promise<string> {
    const reply = `_R.${String(++this.#count)}`;
    return new Promise((resolve) => {
      this.#waiting.set(reply, resolve);
      this.publish(subject, headerLines, body, reply);
    });
  }

  publish(subject: string, headerLines: string, body: Buffer, reply = ""): void {
    const headers = headerLines === "" ? "" : `NATS/1.0${lineEnd}${headerLines}${lineEnd}`;
    const sizes =
      headers === "" ? String(body.length) : `${String(headers.length)} ${String(headers.length + body.length)}`;
    const command = `${headers === "" ? "PUB" : "HPUB"} ${subject} ${reply === "" ? "" : `${reply} `}${sizes}${lineEnd}`;
    if (this.#out.push(Buffer.from(command + headers), body, Buffer.from(lineEnd)) === 3) {
      setImmediate(() => this.#flush());
    }
  }

  close(): void {
    this.#socket.destroy();
  }

  #flush(): void {
    this.#socket.write(Buffer.concat(this.#out));
    this.#out = [];
  }

  #read(bytes: Buffer): void {
    const text = this.#in.length === 0 ? bytes : Buffer.concat([this.#in, bytes]);
    let at = 0;
    for (let end = text.indexOf(lineEnd, at); end >= 0; end = text.indexOf(lineEnd, at)) {
      const line = text.toString("latin1", at, end);
      if (line.startsWith("PING")) this.#socket.write(`PONG${lineEnd}`);
      if (!line.startsWith("MSG ")) {
        at = end + 2;
        continue;
      }
      // MSG <subject> <subscription> <size>: answers to requests alone are subscribed to, and have no headers.
      const [, subject = "", , size] = line.split(" ");
      const next = end + 2 + Number(size) + 2;
      if (text.length < next) break;
      this.#waiting.get(subject)?.(text.toString("utf8", end + 2, next - 2));
      this.#waiting.delete(subject);
      at = next;
    }
    this.#in = text.subarray(at);
  }
}
