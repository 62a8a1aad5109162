import {
  credsAuthenticator,
  nkeys,
  usernamePasswordAuthenticator,
  type NodeConnectionOptions,
  type Server,
} from "@nats-io/transport-node";
import { checkServerIdentity, type ConnectionOptions } from "node:tls";
import type { Login } from "./access-file.ts";
import type { BrokerAccess } from "./broker-access.ts";
import type { BrokerStatus } from "./broker-status.ts";
import { createUserSigner, type UserSigner } from "./user-signer.ts";

export interface BrokerOptions {
  /** `nats://[user:password@]host:port`, or several servers with one login, separated by commas. `tls://` asks for TLS. */
  readonly url: string;
  /** What is shown to the broker, and what it is known by; default: the login of the URL, and whom Node.js trusts. */
  readonly access?: BrokerAccess;
  /** Shown in the broker's monitoring. Answers come to `_INBOX.<name>.>`, which other users need not be allowed to hear. */
  readonly name: string;
  /** How long the first connection is tried for; 10 s. Later losses are retried without limit. */
  readonly connectWithinMs?: number;
  /** How long an answer may take; 3 s. A stream that is between two leaders swallows questions. */
  readonly requestTimeoutMs?: number;
  /** A silent connection is given up after three of these; 5 s. */
  readonly pingIntervalMs?: number;
  /** Never another one of its cluster, not even when this one is away. Default: those that it announces too. */
  readonly thisServerOnly?: boolean;
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

/** The servers are dialled in the order of the list, from `startAt` on. Throws RangeError for a URL that cannot be read. */
export function connectionOptions(options: BrokerOptions, delay: () => number, startAt = 0): NodeConnectionOptions {
  const urls = options.url.split(",").map((text) => parseUrl(text.trim()));
  const servers = urls.map((url) => `${url.protocol}//${url.host}`);
  const first = startAt % servers.length;
  return {
    servers: [...servers.slice(first), ...servers.slice(0, first)],
    noRandomize: true,
    name: options.name,
    inboxPrefix: inboxPrefixOf(options.name),
    ...loginOf(options.access, urls),
    ...tlsOf(options.access, urls),
    // Each request would otherwise build two Error objects for a stack trace: 16 % of a busy node's CPU.
    noAsyncTraces: true,
    // Servers announce addresses of their own networks: the same servers again, perhaps out of reach from here. Who names
    // several has named them all; with one, what it announces is the only way on.
    ignoreClusterUpdates: urls.length > 1 || options.thisServerOnly === true,
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

/** Answers to a program of this name come to subjects below it. */
export const inboxPrefixOf = (name: string): string => `_INBOX.${name.replace(/[^A-Za-z0-9_-]/g, "-")}`;

function loginOf(access: BrokerAccess | undefined, urls: readonly URL[]) {
  const login = access?.login ?? null;
  if (login === null) return loginIn(urls.find(({ username }) => username !== ""));
  return { authenticator: (nonce?: string) => authenticatorOf(login())(nonce) };
}

function authenticatorOf(login: Login) {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  switch (login.kind) {
    case "nkey":
      return signed(createUserSigner(login.seed));
    case "creds":
      return credsAuthenticator(bytes(login.text));
    case "password":
      return usernamePasswordAuthenticator(login.user, login.password);
  }
}

const signed = (user: UserSigner) => (nonce?: string) => {
  return { nkey: user.publicKey, sig: nonce ? nkeys.encode(user.sign(new TextEncoder().encode(nonce))) : "" };
};

/** With it the client talks to no server without TLS. */
function tlsOf(access: BrokerAccess | undefined, urls: readonly URL[]): Pick<NodeConnectionOptions, "tls"> {
  const { caFile = null, certificateFile = null, keyFile = null } = access ?? {};
  if (!urls.some((url) => url.protocol === "tls:") && caFile === null && certificateFile === null) return {};
  const hosts = urls.map(({ hostname }) => hostname.replace(/^\[|\]$/g, ""));
  // The client tells TLS no address that it dials, but only names: a certificate for 10.0.0.5 would be compared with
  // "localhost". Each of the hosts that are named here may be this server.
  const identity: Required<Pick<ConnectionOptions, "checkServerIdentity">> = {
    checkServerIdentity: (host, certificate) => {
      const isNamed = hosts.some((named) => checkServerIdentity(named, certificate) === undefined);
      return isNamed ? undefined : checkServerIdentity(host, certificate);
    },
  };
  return {
    tls: {
      ...(caFile === null ? {} : { caFile }),
      ...(certificateFile === null ? {} : { certFile: certificateFile }),
      ...(keyFile === null ? {} : { keyFile }),
      ...identity,
    },
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
