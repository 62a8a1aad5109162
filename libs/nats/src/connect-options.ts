import type { NodeConnectionOptions, Server } from "@nats-io/transport-node";
import type { BrokerStatus } from "./broker-status.ts";

export interface BrokerOptions {
  /** `nats://[user:password@]host:port`, or several servers with one login, separated by commas. `tls://` asks for TLS. */
  readonly url: string;
  /** Shown in the broker's monitoring. */
  readonly name: string;
  /** How long the first connection is tried for; 10 s. Later losses are retried for ever. */
  readonly connectWithinMs?: number;
  /** How long an answer may take; 3 s. A stream that is between two leaders swallows questions. */
  readonly requestTimeoutMs?: number;
  /** A silent connection is given up after three of these; 5 s. */
  readonly pingIntervalMs?: number;
  readonly onStatus?: (status: BrokerStatus) => void;
}

const firstDelayMs = 50;
const longestDelayMs = 2_000;

/** Doubles up to two seconds, then takes a random half off, so that a thousand clients do not return at once. */
export function createBackoff(random: () => number = Math.random): { next(): number; reset(): void } {
  let delayMs = firstDelayMs;
  return {
    next() {
      const now = delayMs;
      delayMs = Math.min(delayMs * 2, longestDelayMs);
      return Math.round(now * (1 - random() / 2));
    },
    reset() {
      delayMs = firstDelayMs;
    },
  };
}

/**
 * The server that was dialled longest ago. By itself the client would go back first to the one that it has just lost or
 * left: with one that is cut off from its cluster and still takes clients, a node stayed without a log for ten seconds more.
 */
export function leastRecentlyDialled<S extends Pick<Server, "lastConnect">>(pool: readonly S[]): S | null {
  return pool.reduce<S | null>((oldest, server) => {
    return oldest !== null && oldest.lastConnect <= server.lastConnect ? oldest : server;
  }, null);
}

/** Throws RangeError for a URL that cannot be read. */
export function connectionOptions(options: BrokerOptions, delay: () => number): NodeConnectionOptions {
  const urls = options.url.split(",").map((text) => parseUrl(text.trim()));
  return {
    servers: urls.map((url) => `${url.protocol}//${url.host}`),
    name: options.name,
    ...loginIn(urls.find(({ username }) => username !== "")),
    ...(urls.some((url) => url.protocol === "tls:") ? { tls: {} } : {}),
    // Each request would otherwise build two Error objects for a stack trace: 16 % of a busy node's CPU.
    noAsyncTraces: true,
    // Servers announce addresses of their own networks: the same servers again, perhaps out of reach from here. Who names
    // several has named them all; with one, what it announces is the only way on.
    ignoreClusterUpdates: urls.length > 1,
    reconnect: true,
    maxReconnectAttempts: -1,
    reconnectDelayHandler: delay,
    reconnectToServer: leastRecentlyDialled,
    // Credentials may be repaired while we are away: go on trying.
    ignoreAuthErrorAbort: true,
    timeout: 2_000,
    pingInterval: options.pingIntervalMs ?? 5_000,
    maxPingOut: 2,
  };
}

/** One login serves for all servers. A user without a password is a token. */
function loginIn(url: URL | undefined): { readonly user?: string; readonly pass?: string; readonly token?: string } {
  if (url === undefined) return {};
  const [user, pass] = [decoded(url.username), decoded(url.password)];
  return pass === "" ? { token: user } : { user, pass };
}

/** A % that introduces no character stands for itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The servers without credentials, for messages. */
export const redactedUrl = (options: BrokerOptions): string =>
  options.url
    .split(",")
    .map((text) => parseUrl(text.trim()))
    .map((url) => `${url.protocol}//${url.host}`)
    .join(",");

function parseUrl(text: string): URL {
  const url = URL.parse(text.includes("://") ? text : `nats://${text}`);
  if (url === null || url.hostname === "" || !["nats:", "tls:"].includes(url.protocol)) {
    throw new RangeError("broker url: nats://[user:password@]host:port, several separated by commas");
  }
  if (url.port === "") url.port = "4222";
  return url;
}
