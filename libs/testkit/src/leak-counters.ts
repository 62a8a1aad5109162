import { once } from "node:events";
import { readdir, readlink } from "node:fs/promises";
import { request } from "node:http";
import { setTimeout as delay } from "node:timers/promises";

/** What a server must have as many of after an attack as before it, by name. */
export type LeakCounters = Readonly<Record<string, number>>;

export interface CountedNode {
  /** `http://host:port` of the edge, whose metrics are read. */
  readonly httpUrl: string;
  /** Of its process. */
  readonly pid: number;
  /** Its broker's monitoring endpoint: `http://host:port`. */
  readonly monitorUrl: string;
}

/** Gauges of the edge that are zero, or what they were, when all strangers have left. */
const gauges = [
  "p4_edge_channels",
  "p4_edge_connections",
  "p4_edge_listeners",
  "p4_edge_bridge_waits",
  "p4_edge_store_backlog",
  "p4_edge_held_bytes",
] as const;
const samples = 12;
const sampleEveryMs = 100;
const lookEveryMs = 500;

/**
 * A node at rest: the least of each counter over about a second, because requests, timers and sockets come and go all the
 * time, while what has leaked stays.
 */
export async function readLeakCounters(node: CountedNode): Promise<LeakCounters> {
  const least: Record<string, number> = {};
  for (let sample = 0; sample < samples; sample++) {
    for (const [name, count] of Object.entries(await readOnce(node))) {
      least[name] = Math.min(least[name] ?? Infinity, count);
    }
    await delay(sampleEveryMs);
  }
  return least;
}

/** Reads until nothing is left over, compared with `before`, at most for so long. Gives the last reading. */
export async function settledLeakCounters(
  node: CountedNode,
  before: LeakCounters,
  withinMs: number,
): Promise<LeakCounters> {
  for (const endMs = performance.now() + withinMs; ; await delay(lookEveryMs)) {
    const after = await readLeakCounters(node);
    if (leftOver(before, after).length === 0 || performance.now() > endMs) return after;
  }
}

/** Each counter that is higher than before, in a line. */
export function leftOver(before: LeakCounters, after: LeakCounters): string[] {
  return Object.entries(after).flatMap(([name, count]) => {
    const was = before[name] ?? 0;
    return count > was ? [`${name}: ${String(was)} before, ${String(count)} after`] : [];
  });
}

async function readOnce({ httpUrl, pid, monitorUrl }: CountedNode): Promise<LeakCounters> {
  const page = await get(`${httpUrl}/metrics`);
  const connections = JSON.parse(await get(`${monitorUrl}/connz?subs=1&limit=10000`)) as ConnectionReport;
  const jetStream = JSON.parse(await get(`${monitorUrl}/jsz`)) as JetStreamReport;
  const subscriptions = connections.connections.reduce((sum, { subscriptions }) => sum + subscriptions, 0);
  return {
    ...Object.fromEntries(gauges.map((name) => [name, metric(page, name) ?? 0])),
    "timers of the process": metric(page, "nodejs_active_resources", 'type="Timeout"') ?? 0,
    ...(await descriptorsOf(pid)),
    "connections to the broker": connections.num_connections,
    "subscriptions at the broker": subscriptions,
    "consumers at the broker": jetStream.consumers,
    "streams at the broker": jetStream.streams,
  };
}

interface ConnectionReport {
  readonly num_connections: number;
  readonly connections: readonly { readonly subscriptions: number }[];
}

interface JetStreamReport {
  readonly consumers: number;
  readonly streams: number;
}

/** Null: the page has no such metric. */
export function metric(page: string, name: string, label = ""): number | null {
  for (const line of page.split("\n")) {
    const [, found, labels = "", value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    if (found === name && labels.includes(label)) return Number(value);
  }
  return null;
}

/** Where the system has /proc (Linux); elsewhere nothing. */
async function descriptorsOf(pid: number): Promise<LeakCounters> {
  const dir = `/proc/${String(pid)}/fd`;
  const names = await readdir(dir).catch(() => null);
  if (names === null) return {};
  // One that is closed meanwhile has no target.
  const targets = await Promise.all(names.map((name) => readlink(`${dir}/${name}`).catch(() => "")));
  return {
    "descriptors of the process": targets.filter((target) => target !== "").length,
    "sockets of the process": targets.filter((target) => target.startsWith("socket:")).length,
  };
}

/** Over a connection of its own that is gone when this resolves: it must not count itself. */
async function get(url: string): Promise<string> {
  const call = request(url, { agent: false });
  call.end();
  const [response] = (await once(call, "response")) as [NodeJS.ReadableStream];
  let text = "";
  for await (const chunk of response) text += String(chunk);
  call.destroy();
  return text;
}
