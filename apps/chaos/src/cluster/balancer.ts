import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

const probeEveryMs = 500;
const probeTimeoutMs = 1_000;

interface Backend {
  readonly port: number;
  /** As its `/readyz` said last. */
  isReady: boolean;
  connections: number;
}

/**
 * One address in front of several edges: each connection goes to the ready edge with the fewest. An edge that drains or
 * does not answer gets no new ones. It knows nothing of HTTP, so WebSockets pass as they are.
 */
export class Balancer {
  readonly port: number;
  readonly #server: Server;
  readonly #backends: readonly Backend[];
  readonly #sockets = new Set<Socket>();
  readonly #probes: NodeJS.Timeout;

  private constructor(server: Server, backends: readonly Backend[]) {
    this.#server = server;
    this.#backends = backends;
    this.port = (server.address() as AddressInfo).port;
    this.#probes = setInterval(() => void this.probe(), probeEveryMs);
    server.on("connection", (client: Socket) => this.#serve(client));
  }

  /** @param port 0 takes a free one. Rejects when the address cannot be had. */
  static async open(port: number, edgePorts: readonly number[]): Promise<Balancer> {
    const server = createServer({ pauseOnConnect: true }).listen(port, "127.0.0.1");
    await once(server, "listening");
    const balancer = new Balancer(
      server,
      edgePorts.map((edgePort) => ({ port: edgePort, isReady: false, connections: 0 })),
    );
    await balancer.probe();
    return balancer;
  }

  async probe(): Promise<void> {
    await Promise.all(
      this.#backends.map(async (backend) => {
        const signal = AbortSignal.timeout(probeTimeoutMs);
        const answer = await fetch(`http://127.0.0.1:${String(backend.port)}/readyz`, { signal }).catch(() => null);
        backend.isReady = answer?.ok === true;
      }),
    );
  }

  close(): void {
    clearInterval(this.#probes);
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #serve(client: Socket, tried: readonly Backend[] = []): void {
    const open = this.#backends.filter((backend) => backend.isReady && !tried.includes(backend));
    const backend = open.sort((left, right) => left.connections - right.connections)[0];
    if (backend === undefined) {
      client.end(
        "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
      );
      return;
    }
    const edge = connect(backend.port, "127.0.0.1");
    // At once: others may come before it is open.
    backend.connections++;
    edge.once("close", () => backend.connections--);
    const onRefused = (): void => this.#serve(client, [...tried, backend]);
    edge.once("error", onRefused);
    edge.once("connect", () => {
      edge.off("error", onRefused);
      this.#splice(client, edge);
    });
  }

  #splice(client: Socket, edge: Socket): void {
    for (const [from, to] of [
      [client, edge],
      [edge, client],
    ] as const) {
      this.#sockets.add(from);
      from.setNoDelay(true);
      from.on("error", () => to.destroy());
      from.once("close", () => {
        this.#sockets.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  }
}
