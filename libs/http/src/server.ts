import { App, us_listen_socket_close } from "uWebSockets.js";
import { clientAddress } from "./client-address.ts";
import { acquireCorkAnchor } from "./cork-anchor.ts";
import type { CorsPolicy } from "./cors.ts";
import type { HttpRoute } from "./http-route.ts";
import { HttpDispatcher } from "./http-dispatcher.ts";
import { listen } from "./listen.ts";
import type { SendQueues } from "./send-queues.ts";
import { WebSocketHub } from "./web-socket-hub.ts";
import { closeCodes, type AnyWebSocketRoute } from "./web-socket-route.ts";

/** When a node goes away its wallets come back together: that much of the rate may come at once. */
const burstSeconds = 2;

/** Bounds that protect the process. All have defaults. */
export interface ServerLimits {
  /** Open WebSockets and streams; the next one is answered 503 with Retry-After. Default 100,000. */
  readonly maxConnections?: number;
  /** Open WebSockets and streams of one address; the next one is answered 429. Default 10,000. */
  readonly maxConnectionsPerIp?: number;
  /**
   * Upgrades of one address a second, twice as many at once; the next is answered 429. Default 500. Beyond a second's worth of such
   * answers its connections are closed as they come, and old ones at their next upgrade, for two seconds. Who comes through a
   * trusted proxy is answered all the same.
   */
  readonly maxUpgradesPerIpPerSecond?: number;
  /** Upgrades being decided at the same time; the next is answered 503. Default 1,024. */
  readonly maxUpgradesUnderWay?: number;
  /** TCP connections of any kind; the next is closed at once. Default 2 * maxConnections + 1,000: health checks need room. */
  readonly maxTcpConnections?: number;
  /**
   * Time for a request's whole body to arrive, else 408. Default 15,000; one that dribbles gets 408 after 7,000 (`bodyPace`).
   * uWS itself drops slow heads after 10 s.
   */
  readonly bodyTimeoutMs?: number;
  /** Bytes waiting for the slow reader of one streamed response; beyond, its connection is closed. Default 4 MiB. */
  readonly maxStreamQueuedBytes?: number;
}

export interface ServerOptions {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** The environment variable that sets the port, for the message of a port that cannot be had. */
  readonly portVariable?: string;
  readonly routes: readonly HttpRoute[];
  readonly webSockets?: readonly AnyWebSocketRoute[];
  readonly cors?: CorsPolicy;
  readonly limits?: ServerLimits;
  /**
   * Addresses and CIDR ranges of the proxies in front. From them alone `X-Forwarded-For` is believed, and what counts for
   * an address counts for the client's. Default none.
   */
  readonly trustedProxies?: readonly string[];
  /** Where the queues of slow readers are known, for a caller who bounds their sum. */
  readonly sendQueues?: SendQueues;
  /** A handler failed. The client was answered 500, or its socket closed with 1011, without details. `where` names the route. */
  readonly onError: (error: unknown, where: string) => void;
}

export interface CloseOptions {
  /** How long to wait for running requests before they are cut. Default 5,000. */
  readonly deadlineMs?: number;
  /** Close code for WebSockets still open. Default 1001. */
  readonly code?: number;
  readonly reason?: string;
}

export interface ServerStats {
  /** Open right now. */
  readonly webSockets: number;
  readonly runningRequests: number;
  readonly tcpConnections: number;
  /** Since the start: connections closed without an answer, because their address joins on although it is refused. */
  readonly connectionsCutOff: number;
}

export interface HttpServer {
  /** The port really in use. */
  readonly port: number;
  /** For metrics. */
  stats(): ServerStats;
  /** Leaves its address to another server; what is connected already is served on, until `close`. */
  stopListening(): void;
  /**
   * Stops taking TCP connections and upgrades (503), closes WebSockets, finishes running requests, then ends every connection.
   * Calling it again returns the first call's promise.
   */
  close(options?: CloseOptions): Promise<void>;
}

/** Starts an HTTP and WebSocket server. Throws HttpServerError when the address cannot be had or a route is malformed, RangeError for a proxy that is no address. */
export async function startServer(options: ServerOptions): Promise<HttpServer> {
  const { limits = {} } = options;
  const maxConnections = limits.maxConnections ?? 100_000;
  const maxTcpConnections = limits.maxTcpConnections ?? 2 * maxConnections + 1_000;
  const upgradesPerSecond = limits.maxUpgradesPerIpPerSecond ?? 500;
  const app = App();
  const dispatcher = new HttpDispatcher({
    routes: options.routes,
    webSocketPaths: (options.webSockets ?? []).map((route) => route.path),
    cors: options.cors,
    clientAddress: clientAddress(options.trustedProxies ?? []),
    onError: options.onError,
    bodyTimeoutMs: limits.bodyTimeoutMs ?? 15_000,
    maxStreamQueuedBytes: limits.maxStreamQueuedBytes ?? 4 * 1024 * 1024,
    sendQueues: options.sendQueues,
  });
  const anchor = await acquireCorkAnchor();
  const hubLimits = {
    maxConnections,
    maxConnectionsPerIp: limits.maxConnectionsPerIp ?? 10_000,
    maxUpgradesUnderWay: limits.maxUpgradesUnderWay ?? 1_024,
    upgradeRatePerIp: { burst: burstSeconds * upgradesPerSecond, perSecond: upgradesPerSecond },
  };
  let tcpConnections = 0;
  const hub = new WebSocketHub(dispatcher, hubLimits, anchor, () => (tcpConnections -= 1), options.sendQueues);
  dispatcher.places = (address) => hub.holdPlace(address);
  app.filter((res, change) => {
    tcpConnections += change;
    if (change > 0 && (tcpConnections > maxTcpConnections || hub.cutsOff(res))) res.close();
  });
  for (const route of options.webSockets ?? []) hub.mount(app, route);
  app.any("/*", (res, req) => dispatcher.handle(res, req));

  const { token, port } = await listen(app, options.host, options.port, options.portVariable).catch(
    (error: unknown) => {
      anchor.release();
      throw error;
    },
  );
  let closing: Promise<void> | undefined;

  let listens = true;
  const stopListening = (): void => {
    if (listens) us_listen_socket_close(token);
    listens = false;
  };
  const shutDown = async ({
    deadlineMs = 5_000,
    code = closeCodes.goingAway,
    reason = "server is going away",
  }: CloseOptions): Promise<void> => {
    stopListening();
    dispatcher.drain();
    try {
      hub.closeAll(code, reason);
      await dispatcher.idle(deadlineMs);
    } finally {
      // Also cuts what is still running after the deadline and idle keep-alive connections.
      app.close();
      anchor.release();
    }
  };
  return {
    port,
    stats: () => ({
      webSockets: hub.size,
      runningRequests: dispatcher.running,
      tcpConnections,
      connectionsCutOff: hub.cutOff,
    }),
    stopListening,
    close: (closeOptions = {}) => (closing ??= shutDown(closeOptions)),
  };
}
