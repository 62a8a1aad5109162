import type { TemplatedApp, us_socket_context_t } from "uWebSockets.js";
import type { CorkAnchor } from "./cork-anchor.ts";
import type { Exchange } from "./exchange.ts";
import type { HttpDispatcher } from "./http-dispatcher.ts";
import { Router } from "./router.ts";
import { SocketConnection, type SocketUserData } from "./socket-connection.ts";
import { behaviorOf, defaultMaxQueuedBytes } from "./web-socket-behavior.ts";
import { TokenBuckets, type RateLimit } from "./token-bucket.ts";
import { closeCodes, type AnyWebSocketRoute, type UpgradeDecision } from "./web-socket-route.ts";

export interface HubLimits {
  readonly maxConnections: number;
  readonly maxConnectionsPerIp: number;
  /** Upgrades being decided at the same time. */
  readonly maxUpgradesUnderWay: number;
  readonly upgradeRatePerIp: RateLimit;
}

/** A socket that had to be closed with 4290 counts like so many joins of its address. */
const joinsPerAbuse = 100;

/** All WebSockets of one server: admits upgrades within the limits and knows every open socket. */
export class WebSocketHub {
  readonly #dispatcher: HttpDispatcher;
  readonly #limits: HubLimits;
  readonly #anchor: CorkAnchor;
  readonly #open = new Set<SocketConnection<unknown>>();
  /** Open sockets and upgrades being decided, so that a burst cannot pass the limit. */
  readonly #perAddress = new Map<string, number>();
  readonly #rates: TokenBuckets;
  #admitted = 0;

  constructor(dispatcher: HttpDispatcher, limits: HubLimits, anchor: CorkAnchor) {
    this.#dispatcher = dispatcher;
    this.#anchor = anchor;
    this.#limits = limits;
    this.#rates = new TokenBuckets(limits.upgradeRatePerIp, performance.now());
  }

  get size(): number {
    return this.#open.size;
  }

  mount(app: TemplatedApp, route: AnyWebSocketRoute): void {
    const router = new Router<true>();
    router.add(route.path, true);
    const behavior = behaviorOf(route, {
      onOpen: (connection) => this.#open.add(connection),
      onClose: (connection, code) => {
        this.#open.delete(connection);
        // A flood that comes back at once would cost its joins and its refusals again and again.
        if (code === closeCodes.slowConsumer) {
          this.#rates.charge(connection.remoteAddress, joinsPerAbuse, performance.now());
        }
        this.#release(connection.remoteAddress);
      },
      onError: this.#dispatcher.options.onError,
    });
    app.ws<SocketUserData>(route.path, {
      ...behavior,
      upgrade: (res, req, context) => {
        // uWS calls this for any GET at the path that carries a key; a plain GET falls through to the HTTP routes.
        const exchange = this.#dispatcher.begin(res, req);
        const match = router.match(exchange.request.path);
        if (match.kind !== "found") {
          return this.#dispatcher.refuse(
            exchange,
            400,
            "HTTP_BAD_PATH",
            "the path has an empty part or invalid percent-encoding",
          );
        }
        exchange.request.params = match.match.params;
        if (this.#admit(exchange)) this.#decide(exchange, route, context);
      },
    });
  }

  closeAll(code: number, reason: string): void {
    for (const connection of [...this.#open]) connection.close(code, reason);
  }

  #admit(exchange: Exchange): boolean {
    const address = exchange.request.remoteAddress;
    const ofAddress = this.#perAddress.get(address) ?? 0;
    const retry = { "retry-after": "5" };
    const soon = { "retry-after": "1" };
    if (this.#dispatcher.isDraining) {
      this.#dispatcher.refuse(exchange, 503, "HTTP_DRAINING", "this server is shutting down; connect again", soon);
    } else if (this.#admitted >= this.#limits.maxConnections) {
      this.#dispatcher.refuse(exchange, 503, "HTTP_TOO_MANY_CONNECTIONS", "the server is full; try again later", retry);
    } else if (ofAddress >= this.#limits.maxConnectionsPerIp) {
      const limit = String(this.#limits.maxConnectionsPerIp);
      this.#dispatcher.refuse(
        exchange,
        429,
        "HTTP_TOO_MANY_CONNECTIONS",
        `at most ${limit} connections from one address`,
        retry,
      );
    } else if (!this.#rates.take(address, performance.now())) {
      const rate = String(this.#limits.upgradeRatePerIp.perSecond);
      this.#dispatcher.refuse(exchange, 429, "HTTP_TOO_MANY_JOINS", `at most ${rate} joins a second`, soon);
    } else if (this.#admitted - this.#open.size >= this.#limits.maxUpgradesUnderWay) {
      const text = "too many joins are under way; try again soon";
      this.#dispatcher.refuse(exchange, 503, "HTTP_TOO_MANY_UNDER_WAY", text, soon);
    } else {
      this.#admitted += 1;
      this.#perAddress.set(address, ofAddress + 1);
      return true;
    }
    return false;
  }

  #release(address: string): void {
    this.#admitted -= 1;
    const left = (this.#perAddress.get(address) ?? 1) - 1;
    if (left === 0) this.#perAddress.delete(address);
    else this.#perAddress.set(address, left);
  }

  #decide(exchange: Exchange, route: AnyWebSocketRoute, context: us_socket_context_t): void {
    const { request } = exchange;
    let opened = false;
    const settle = (decision: UpgradeDecision<unknown>): void => {
      if (!decision.accept) return this.#dispatcher.send(exchange, decision.response);
      // The decision may have taken a while; a server that is closing must not open sockets that nobody would close.
      if (this.#dispatcher.isDraining) {
        return this.#dispatcher.refuse(exchange, 503, "HTTP_DRAINING", "this server is shutting down; connect again", {
          "retry-after": "1",
        });
      }
      const connection = new SocketConnection(
        decision.data,
        request.remoteAddress,
        route.maxQueuedBytes ?? defaultMaxQueuedBytes,
      );
      const key = request.headers.get("sec-websocket-key") ?? "";
      const extensions = request.headers.get("sec-websocket-extensions") ?? "";
      opened = exchange.takeOver(
        (res) => res.upgrade({ connection }, key, decision.protocol ?? "", extensions, context),
        this.#anchor,
      );
    };
    // Whatever happened - refused, failed, gone - a slot without a socket is given back.
    const after = (): void => {
      if (!opened) this.#release(request.remoteAddress);
    };
    this.#dispatcher.run(exchange, `upgrade ${route.path}`, () => route.upgrade(request), settle, after);
  }
}
