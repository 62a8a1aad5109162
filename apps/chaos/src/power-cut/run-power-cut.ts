import { createReadStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { GroupCommitMode } from "@p4/nats";
import { openLog } from "../campaign/read-log.ts";
import { seededRandom } from "../nemesis/random.ts";
import { readTrace, type SystemCall } from "./system-call.ts";
import { TracedDisk } from "./traced-disk.ts";
import { startServerOn, startTracedServer } from "./traced-server.ts";

export interface PowerCutOptions {
  readonly dir: string;
  readonly syncInterval: string;
  readonly cuts: number;
  readonly seconds: number;
  readonly seed: number;
  readonly batches: GroupCommitMode;
}

export interface PowerCut {
  /** After the first append. */
  readonly atMs: number;
  readonly acknowledged: number;
  readonly lost: number;
}

interface Acknowledged {
  readonly channelId: string;
  readonly streamVersion: number;
  readonly atMs: number;
}

const writers = 16;
const eventBytes = 900;
const shards = 2;

/**
 * Appends events to a server whose calls are traced; then puts its disk together as it was, synced, at random moments,
 * starts a server on each, and counts the acknowledged events that are missing.
 */
export async function runPowerCut(options: PowerCutOptions): Promise<PowerCut[]> {
  const { dir, syncInterval, cuts, seconds, seed, batches } = options;
  const { server, storeDir, traceFile } = await startTracedServer(join(dir, "traced"), syncInterval);
  const acknowledged = await appendFor(seconds * 1_000, server.url, batches).finally(() => server.kill());
  const first = acknowledged[0]?.atMs ?? 0;
  const last = acknowledged.at(-1)?.atMs ?? 0;
  const random = seededRandom(seed);
  const moments = Array.from({ length: cuts }, () => first + random() * (last - first)).sort((a, b) => a - b);
  const disk = new TracedDisk(storeDir);
  const found: PowerCut[] = [];
  const judge = async (cutMs: number): Promise<void> => {
    const image = join(dir, `cut-${String(found.length)}`);
    await disk.dump(join(image, "store"));
    const before = acknowledged.filter(({ atMs }) => atMs <= cutMs);
    const lost = before.length - (await survivors(image, before, syncInterval));
    found.push({ atMs: Math.round(cutMs - first), acknowledged: before.length, lost });
    await rm(image, { recursive: true, force: true });
  };
  for (const call of await traceOf(traceFile)) {
    while (moments[0] !== undefined && call.atMs > moments[0]) await judge(moments.shift() ?? 0);
    disk.apply(call);
  }
  for (const cutMs of moments) await judge(cutMs);
  return found;
}

async function traceOf(traceFile: string): Promise<SystemCall[]> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: createReadStream(traceFile) })) lines.push(line);
  return [...readTrace(lines)];
}

async function appendFor(durationMs: number, natsUrl: string, batches: GroupCommitMode): Promise<Acknowledged[]> {
  const node = await openNode(natsUrl, batches);
  const acknowledged: Acknowledged[] = [];
  const bytes = new Uint8Array(eventBytes).fill(0x61);
  const endMs = performance.now() + durationMs;
  const write = async (channelId: string): Promise<void> => {
    for (let version = 0, index = 0; performance.now() < endMs; index++) {
      const request = { channelId, eventId: `e${String(index)}`, bytes, expectedStreamVersion: version };
      version = (await node.log.appendToStream(request)).nextExpectedStreamVersion;
      acknowledged.push({ channelId, streamVersion: version, atMs: performance.timeOrigin + performance.now() });
    }
  };
  try {
    await Promise.all(Array.from({ length: writers }, (_, index) => write(`writer-${String(index)}`)));
    return acknowledged;
  } finally {
    await node.close();
  }
}

async function survivors(dir: string, expected: readonly Acknowledged[], syncInterval: string): Promise<number> {
  const server = await startServerOn(join(dir, "store"), dir, syncInterval);
  try {
    const node = await openNode(server.url);
    const stored = new Set<string>();
    try {
      for await (const { channelId, streamVersion } of node.log.scan())
        stored.add(`${channelId} ${String(streamVersion)}`);
    } finally {
      await node.close();
    }
    return expected.filter(({ channelId, streamVersion }) => stored.has(`${channelId} ${String(streamVersion)}`))
      .length;
  } finally {
    await server.kill();
  }
}

function openNode(natsUrl: string, groupCommit: GroupCommitMode = "adaptive") {
  return openLog({ natsUrl, shards, replicas: 1 }, { groupCommit });
}
