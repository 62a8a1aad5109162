import { setTimeout as delay } from "node:timers/promises";
import { STREAM_DOES_NOT_EXIST, shardOf } from "@p4/event-store";
import { createEventLog, provision, surveyRegion } from "@p4/nats";
import type { StreamState } from "@p4/regions";
import { scenario, type Run } from "../scenario.ts";
import { areCutsKept, cutsText } from "./cuts-report.ts";
import { copyAgeMs, region } from "./move-region.ts";
import type { Site } from "./start-sites.ts";
import { startTwoSites, type TwoSites } from "./two-sites.ts";

export interface CutsOptions {
  /** How long the link is cut, one after the other. */
  readonly cutsMs: readonly number[];
  /** Between the sites, each way. */
  readonly delayMs: number;
  /** Events that are stored at the home each second, during the cuts too. */
  readonly rate: number;
}

/** Times in ms, from the heal on. */
export interface CutReport {
  readonly cutMs: number;
  /** What the copy said at the heal: since it last heard of its home. */
  readonly copyAgeMs: number;
  /** At the heal: events that the home had and the copy had not. */
  readonly behind: number;
  /** Until each of the copy's logs had a further event; null: not within two minutes. */
  readonly goesOnMs: number | null;
  /** Until it had all that the home had at the heal; null: the same. */
  readonly completeMs: number | null;
  /** Events that the copy has left out and will not get any more. */
  readonly leftOut: number;
}

export interface CutsReport extends CutsOptions {
  readonly cuts: readonly CutReport[];
}

const shards = 2;
const settings = { region, shards, replicas: 1, retentionMs: 86_400_000 };
const eventBytes = 900;
const watchedForMs = 120_000;
const pollMs = 10;

/** The link between a home that takes events all the time and its copy is cut, and healed again. */
export const cuts = scenario({
  system({ dir, options: { delayMs }, onProgress }: Run<CutsOptions>) {
    onProgress("starting two sites");
    return startTwoSites({ dir, shards, delayMs }, async ({ broker }) => {
      await provision(broker, settings);
    });
  },
  workload({ options: { rate } }, { home }) {
    const over = new AbortController();
    const writing = write(home, rate, over.signal);
    // Told by `done`, when nothing is measured any more.
    writing.catch(() => undefined);
    const kill = (): void => over.abort();
    const done = (): Promise<void> => {
      kill();
      return writing;
    };
    return { kill, done };
  },
  async faults({ options: { cutsMs }, onProgress }, sites, writer) {
    const found: CutReport[] = [];
    for (const cutMs of cutsMs) {
      onProgress(`the link is cut for ${String(cutMs / 1_000)} s`);
      found.push(await cutOnce(sites, cutMs));
    }
    await writer.done();
    return found;
  },
  figures: ({ options }, _sites, _writer, found): CutsReport => ({ ...options, cuts: found }),
  checks: (report) => (areCutsKept(report) ? "kept" : "broken"),
  text: cutsText,
});

/** One event after the other, in each shard. */
async function write({ broker }: Site, rate: number, signal: AbortSignal): Promise<void> {
  const log = createEventLog(broker, settings);
  const channels = Array.from({ length: shards }, (_, shard) => channelOf(shard));
  const versions = new Map<string, number>();
  for (let count = 0; !signal.aborted; count++) {
    const channelId = channels[count % shards] ?? "";
    const { nextExpectedStreamVersion } = await log.appendToStream({
      channelId,
      eventId: String(count),
      bytes: new Uint8Array(eventBytes),
      expectedStreamVersion: versions.get(channelId) ?? STREAM_DOES_NOT_EXIST,
    });
    versions.set(channelId, nextExpectedStreamVersion);
    await delay(1_000 / rate, undefined, { signal }).catch(() => undefined);
  }
}

function channelOf(shard: number): string {
  let number = 0;
  while (shardOf(`cut-${String(number)}`, shards) !== shard) number++;
  return `cut-${String(number)}`;
}

async function cutOnce({ home, other, links }: TwoSites, cutMs: number): Promise<CutReport> {
  const link = links.get(`${other.name}-${home.name}`);
  if (link === undefined) throw new Error("there is no link between the sites");
  link.sever();
  await delay(cutMs);
  const atHeal = await surveyRegion(new Map([[other.name, other.broker]]), region);
  const [held, wanted] = [await logsOf(other), await logsOf(home)];
  link.heal();
  const healedMs = performance.now();
  const has = (now: Logs, least: Logs, more: number): boolean =>
    [...least].every(([stream, { lastSequence }]) => (now.get(stream)?.lastSequence ?? 0) >= lastSequence + more);
  let goesOnMs: number | null = null;
  for (;;) {
    const now = await logsOf(other);
    const sinceMs = Math.round(performance.now() - healedMs);
    if (has(now, held, 1)) goesOnMs ??= sinceMs;
    const isComplete = has(now, wanted, 0);
    if (!isComplete && sinceMs < watchedForMs) {
      await delay(pollMs);
      continue;
    }
    return {
      cutMs,
      copyAgeMs: copyAgeMs(atHeal, other.name),
      behind: sequencesIn(wanted) - sequencesIn(held),
      goesOnMs,
      completeMs: isComplete ? sinceMs : null,
      leftOut: [...now.values()].reduce((sum, { holes = 0 }) => sum + holes, 0),
    };
  }
}

type Logs = ReadonlyMap<string, StreamState>;

async function logsOf({ name, broker }: Site): Promise<Logs> {
  const { sites } = await surveyRegion(new Map([[name, broker]]), region);
  const logs = (sites[0]?.streams ?? []).filter(({ stream }) => stream.startsWith("P4_CHANNELS_"));
  return new Map(logs.map((log) => [log.stream, log]));
}

const sequencesIn = (logs: Logs): number => [...logs.values()].reduce((sum, { lastSequence }) => sum + lastSequence, 0);
