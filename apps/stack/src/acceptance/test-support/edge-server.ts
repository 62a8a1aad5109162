import { loadConfig } from "@p4/config";
import { startEdge } from "@p4/edge";
import { createLogger } from "@p4/telemetry";
import { afterAll } from "vitest";
import { Wallet } from "./wallet.ts";

/** What the outside sees of a P4 server: nothing else is used in these tests. */
export interface EdgeServer {
  readonly httpUrl: string;
  readonly socketUrl: string;
  /** Joins `/ws/<path>` and waits for the greeting. */
  join(path: string, protocols?: readonly string[], headers?: Record<string, string>): Promise<Wallet>;
  post(path: string, body: string | Uint8Array<ArrayBuffer>, headers?: Record<string, string>): Promise<Answer>;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  /** A new channel, opened by a merchant that has left again. */
  openChannel(): Promise<string>;
  close(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** A problem document, as far as tests look into it; empty when the answer is none. */
export function problemOf({ text }: Answer): { readonly code?: string; readonly detail?: string } {
  return text.startsWith("{") ? (JSON.parse(text) as { code?: string; detail?: string }) : {};
}

/** All the wallets of a test have one address. */
export const crowdFromOneAddress = { P4_JOIN_RATE_PER_IP: "100000" };

/** The tests share the edge's loop: a late timer says nothing about the edge. */
const patience = { maxWaitMs: 30_000, overloadedAfterMs: 30_000 };

/** A real edge on a free port, closed after the file's tests. */
export async function startEdgeServer(natsUrl: string, settings: Record<string, string> = {}): Promise<EdgeServer> {
  const own = { P4_PORT: "0", P4_SHARDS: "2", P4_LOG_LEVEL: "silent", ...crowdFromOneAddress };
  const config = loadConfig({ ...own, ...settings });
  const logger = createLogger({ level: config.logLevel, name: "edge" });
  const edge = await startEdge({ config, logger, natsUrl, admission: patience });
  afterAll(() => edge.close());
  return edgeServerAt(`127.0.0.1:${String(edge.port)}`, () => edge.close());
}

/** A server that runs elsewhere, in a process of its own perhaps. */
export function edgeServerAt(authority: string, close: () => Promise<void> = () => Promise.resolve()): EdgeServer {
  const httpUrl = `http://${authority}`;
  const socketUrl = `ws://${authority}`;
  const join: EdgeServer["join"] = (path, protocols, headers) =>
    Wallet.join(`${socketUrl}/ws/${path}`, protocols, headers);
  return {
    httpUrl,
    socketUrl,
    join,
    post: (path, body, headers = {}) => call(`${httpUrl}${path}`, { method: "POST", body, headers }),
    get: (path, headers = {}) => call(`${httpUrl}${path}`, { headers }),
    async openChannel() {
      const channelId = newChannelId();
      await (await join(`${channelId}?role=merchant`)).leave();
      return channelId;
    },
    close,
  };
}

async function call(url: string, init: RequestInit): Promise<Answer> {
  const response = await fetch(url, init);
  return { status: response.status, headers: response.headers, text: await response.text() };
}

let channels = 0;

/** Ten letters and digits, as long as the vectors' own id: replacing one by the other keeps every length. */
export function newChannelId(): string {
  channels++;
  return `inv${String(channels).padStart(7, "0")}`;
}
