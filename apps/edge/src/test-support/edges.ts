import { request } from "node:http";
import { loadConfig } from "@p4/config";
import { createLogger } from "@p4/telemetry";
import { afterAll } from "vitest";
import type { EdgeOptions } from "../edge-options.ts";
import { startEdge, type Edge } from "../start-edge.ts";
import { joinPeer, type Peer } from "./peer.ts";

/** Settings by their variables. */
export type Settings = Readonly<Record<string, string>>;

export interface TestEdge extends Edge {
  /** `ws://.../ws/<path>` */
  url(path: string): string;
  join(path: string, protocols?: string[], headers?: Record<string, string>): Promise<Peer>;
  /** A bare HTTP request for the upgrade: the status and body of a refusal, or 101. */
  upgrade(path: string, headers?: Record<string, string>): Promise<{ status: number; body: string }>;
  /** The value of a metric of the edge; labels are added up. */
  metric(name: string): Promise<number>;
}

const quietly: Settings = { P4_PORT: "0", P4_SHARDS: "2", P4_LOG_LEVEL: "silent" };

/** `npm run test:replay` drops every actor before every command, whatever a test says of itself. */
const replayAll = process.env["ALWAYS_REPLAY"] === "on";

/** Many tests have the time in their hand. */
const quietClock = { watchesClock: false };
/** The test shares the edge's loop: a late timer says nothing about the edge, unless a test asks. */
const patience = { maxWaitMs: 30_000, overloadedAfterMs: 30_000 };

const edges: Edge[] = [];

/** Starts an edge on a free port; closed after the file's tests. */
export async function startTestEdge(
  natsUrl: string,
  { alwaysReplay = false, ...settings }: { alwaysReplay?: boolean; [variable: string]: string | boolean } = {},
  more: Partial<Pick<EdgeOptions, "wrap" | "watchesClock" | "logger" | "limits" | "admission">> = {},
): Promise<TestEdge> {
  const config = loadConfig({ ...quietly, ...(settings as Settings) });
  const logger = createLogger({ level: config.logLevel, name: "edge" });
  const edge = await startEdge({
    config,
    logger,
    natsUrl,
    alwaysReplay: alwaysReplay || replayAll,
    ...quietClock,
    admission: patience,
    ...more,
  });
  edges.push(edge);
  return withUrls(edge);
}

afterAll(async () => {
  await Promise.all(edges.splice(0).map((edge) => edge.close()));
});

function withUrls(edge: Edge): TestEdge {
  const authority = `127.0.0.1:${String(edge.port)}`;
  const url = (path: string): string => `ws://${authority}/ws/${path}`;
  return {
    ...edge,
    url,
    join: (path, protocols, headers) => joinPeer(url(path), protocols, headers),
    upgrade: (path, headers) => upgrade(edge.port, path, headers),
    async metric(name) {
      const text = await (await fetch(`http://${authority}/metrics`)).text();
      const lines = text.split("\n").filter((line) => line.startsWith(`p4_${name}{`) || line.startsWith(`p4_${name} `));
      return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
    },
  };
}

/** The path goes out exactly as it is given: no client tidies it up on the way. */
function upgrade(port: number, path: string, headers: Record<string, string> = {}) {
  return new Promise<{ status: number; body: string }>((resolve, reject) => {
    const call = request({
      host: "127.0.0.1",
      port,
      path: `/ws/${path}`,
      headers: {
        connection: "Upgrade",
        upgrade: "websocket",
        "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
        "sec-websocket-version": "13",
        ...headers,
      },
    });
    call.on("upgrade", (response, socket) => {
      socket.destroy();
      resolve({ status: response.statusCode ?? 0, body: "" });
    });
    call.on("response", (response) => {
      let body = "";
      response.on("data", (chunk) => (body += String(chunk)));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
    });
    call.on("error", reject);
    call.end();
  });
}

let channelCount = 0;

export function newChannelId(): string {
  channelCount++;
  return `inv-${String(process.pid)}-${String(channelCount)}`;
}
