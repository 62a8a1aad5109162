import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

/**
 * A TCP connection's way through this process, so that it can be interrupted without any privilege: what a network
 * partition does, on every operating system. While severed nothing passes and nothing is closed, as with lost packets;
 * after the healing the bytes that waited go on. With a delay it is a long way: what is on it already when it is severed
 * still arrives.
 */
export class Link {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #delayMs: number;
  #severed = false;

  private constructor(server: Server, targetPort: number, delayMs: number) {
    this.#server = server;
    this.#delayMs = delayMs;
    this.port = (server.address() as AddressInfo).port;
    server.on("connection", (near: Socket) => this.#join(near, targetPort));
  }

  /** @param delayMs each way */
  static async open(targetPort: number, port = 0, delayMs = 0): Promise<Link> {
    const server = createServer({ pauseOnConnect: true }).listen(port, "127.0.0.1");
    await once(server, "listening");
    return new Link(server, targetPort, delayMs);
  }

  sever(): void {
    this.#severed = true;
    for (const socket of this.#sockets) socket.pause();
  }

  heal(): void {
    this.#severed = false;
    for (const socket of this.#sockets) socket.resume();
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #join(near: Socket, targetPort: number): void {
    const far = connect(targetPort, "127.0.0.1");
    this.#forward(near, far);
    this.#forward(far, near);
    near.setNoDelay(true);
    far.setNoDelay(true);
  }

  /** Not `pipe`: it would resume a severed socket by itself when the other side has drained. */
  #forward(from: Socket, to: Socket): void {
    this.#sockets.add(from);
    const pass = (bytes: Buffer): void => {
      if (to.destroyed || to.write(bytes)) return;
      from.pause();
      to.once("drain", () => {
        if (!this.#severed) from.resume();
      });
    };
    from.on("data", (bytes: Buffer) => this.#later(() => pass(bytes)));
    from.once("close", () => {
      this.#sockets.delete(from);
      this.#later(() => to.destroy());
    });
    from.on("error", () => from.destroy());
    if (!this.#severed) from.resume();
  }

  /** In order: timers of one length fire as they were set. */
  #later(work: () => void): void {
    if (this.#delayMs === 0) work();
    else setTimeout(work, this.#delayMs);
  }
}
