import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { InOrder } from "./in-order.ts";

/** `there`: from the side that has opened the connection; `back`: to it. */
export type Way = "there" | "back";

/** What a link does with bytes. */
export interface Passage {
  /** Ways on which nothing passes. */
  readonly severed: readonly Way[];
  /** Each way, in ms; for what comes from now on. */
  readonly delayMs: number;
}

/**
 * A TCP connection's way through this process, so that it can be interrupted without any privilege: what a network
 * partition does, on every operating system. While severed nothing passes and nothing is closed, as with lost packets;
 * after the healing the bytes that waited go on. With a delay it is a long way: what is on it already when it is severed
 * still arrives.
 */
export class Link {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets = new Map<Socket, Way>();
  readonly #ownDelayMs: number;
  #passage: Passage;

  private constructor(server: Server, targetPort: number, delayMs: number) {
    this.#server = server;
    this.#ownDelayMs = delayMs;
    this.#passage = { severed: [], delayMs };
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
    this.pass({ severed: ["there", "back"], delayMs: this.#passage.delayMs });
  }

  heal(): void {
    this.pass({ severed: [], delayMs: this.#ownDelayMs });
  }

  /** A way that is severed holds its bytes back until it is no longer. */
  pass(passage: Passage): void {
    this.#passage = passage;
    for (const [socket, way] of this.#sockets) {
      if (this.#isSevered(way)) socket.pause();
      else socket.resume();
    }
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets.keys()) socket.destroy();
  }

  #join(near: Socket, targetPort: number): void {
    const far = connect(targetPort, "127.0.0.1");
    this.#forward(near, far, "there");
    this.#forward(far, near, "back");
    near.setNoDelay(true);
    far.setNoDelay(true);
  }

  /** Not `pipe`: it would resume a severed socket by itself when the other side has drained. */
  #forward(from: Socket, to: Socket, way: Way): void {
    this.#sockets.set(from, way);
    // A listener for data would start a socket that was not paused: one that is made while its way is severed hears nothing.
    from.pause();
    const onTheWay = new InOrder();
    const pass = (bytes: Buffer): void => {
      if (to.destroyed || to.write(bytes)) return;
      from.pause();
      to.once("drain", () => {
        if (!this.#isSevered(way)) from.resume();
      });
    };
    from.on("data", (bytes: Buffer) => onTheWay.add(this.#passage.delayMs, () => pass(bytes)));
    from.once("close", () => {
      this.#sockets.delete(from);
      onTheWay.add(this.#passage.delayMs, () => to.destroy());
    });
    from.on("error", () => from.destroy());
    if (!this.#isSevered(way)) from.resume();
  }

  #isSevered(way: Way): boolean {
    return this.#passage.severed.includes(way);
  }
}
