import { homeCheck, homeMetrics, type StandIn, type StandInOptions } from "@p4/app";
import { startServer, type HttpRoute, type WebSocketRoute } from "@p4/http";
import { closeReason } from "@p4/protocol";
import { createMetrics, operationsRoutes, Readiness } from "@p4/telemetry";
import { exposedHeaders } from "./bridge/bridge-routes.ts";
import { HomeGate } from "./home-gate.ts";
import { closeCodeFor } from "./join-refusal.ts";
import { retryLater } from "./bridge/bridge-problems.ts";

interface SentOn {
  readonly code: number;
  readonly reason: string;
}

interface EdgeStandIn extends StandIn {
  readonly port: number;
}

const sendOnWithinMs = 1_000;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const methods = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;

/**
 * What an edge is while its region's home is at another site: it tells wallets where that is, and opens no socket. `/readyz`
 * is red, `/livez` is not.
 */
export async function startStandIn({ config, logger, home, beforeListen }: StandInOptions): Promise<EdgeStandIn> {
  const closing = new AbortController();
  const known = config.siteUrls ?? [];
  const gate = new HomeGate({ home, siteUrls: known, closing: closing.signal, atFirst: "moving" });
  const readiness = new Readiness();
  let held = 0;
  readiness.add("home", () => ({ ...homeCheck(home), ok: false }));
  const metrics = createMetrics("edge");
  homeMetrics(metrics, config.region, home);
  const redirects = methods.map((method): HttpRoute => ({
    method,
    path: "/*",
    maxBodyBytes: config.maxMessageBytes,
    handle: (request) =>
      gate.redirect(request) ?? retryLater("EDGE_UNREADY", home.trouble ?? "this node is about to serve"),
  }));
  const sockets: WebSocketRoute<SentOn> = {
    path: "/ws/:channelID",
    maxMessageBytes: config.maxMessageBytes,
    closeCodeFor,
    async upgrade(request) {
      held++;
      const refusal = await gate.sendOn(request).finally(() => held--);
      const code = closeCodeFor(refusal, {
        header: (name) => request.headers.get(name) ?? "",
        query: (name) => request.query.get(name) ?? undefined,
      });
      // As a socket that is closed at once, for all who come: there may be many, and an answer over HTTP is hidden from most.
      if (code === null) return { accept: false, refusal };
      const [protocol] = (request.headers.get("sec-websocket-protocol") ?? "").split(/[\s,]+/);
      const data = { code, reason: closeReason(refusal.code, refusal.detail) };
      return { accept: true, data, ...(protocol === undefined || protocol === "" ? {} : { protocol }) };
    },
    open: (socket) => socket.close(socket.data.code, socket.data.reason),
    message: () => undefined,
  };
  beforeListen();
  const server = await startServer({
    host: config.host,
    port: config.port,
    portVariable: "P4_PORT",
    routes: [...operationsRoutes(readiness, metrics), ...redirects],
    webSockets: [sockets],
    cors: { origins: "*", exposeHeaders: exposedHeaders },
    trustedProxies: config.trustedProxies ?? [],
    limits: {
      maxConnections: config.maxConnections,
      maxConnectionsPerIp: config.maxConnectionsPerIp,
      maxUpgradesPerIpPerSecond: config.joinRatePerIp,
    },
    onError: (error, where) => logger.error({ error, where }, "edge error"),
  });
  return {
    port: server.port,
    leaveAddress: () => server.stopListening(),
    async close() {
      closing.abort();
      // A server that is closing opens no socket, not even to redirect it.
      for (const endMs = performance.now() + sendOnWithinMs; held > 0 && performance.now() < endMs;) await turn();
      await turn();
      await server.close();
    },
  };
}
