import { setTimeout as delay } from "node:timers/promises";
import { currentRow, type RegionState } from "@p4/regions";
import { expiryFaults } from "../checker/check-log.ts";
import { decodeChannels } from "../checker/decode-channels.ts";
import type { Site } from "../regions/start-sites.ts";
import { readForks } from "./read-forks.ts";
import { readSiteLog } from "./read-site-log.ts";
import type { RegionHistory, SiteLog } from "./region-history.ts";
import type { RegionWatch } from "./watch-region.ts";

type Watch = Pick<RegionWatch, "look">;

const pollMs = 5_000;

/** Until every channel of the home's log has ended, or the time is over. */
export async function untilEnded(
  watch: Watch,
  sites: readonly Site[],
  { shards, withinMs }: { readonly shards: number; readonly withinMs: number },
): Promise<void> {
  for (const endMs = performance.now() + withinMs; performance.now() < endMs; await delay(pollMs)) {
    const { home } = await homeOf(watch, sites);
    const channels = decodeChannels(await readSiteLog(home.broker, shards));
    const open = [...channels.values()].filter((channel) =>
      expiryFaults(channel, Infinity, { lateAfterMs: 0, expiryGraceMs: 0 }).some(({ code }) => code === "NOT_EXPIRED"),
    );
    if (open.length === 0) return;
  }
}

type Read = Pick<RegionHistory, "log" | "copies" | "forks" | "tails" | "readAtMs">;

/** What the sites and the operator's files have. The copies are read first: the home has all that they have. */
export async function readHistory(
  watch: Watch,
  sites: readonly Site[],
  { shards, forksDir }: { readonly shards: number; readonly forksDir: string },
): Promise<Read> {
  const { home, state } = await homeOf(watch, sites);
  const copies = new Map<string, SiteLog>();
  for (const { name, broker } of sites) {
    const streams = state.sites.find(({ site }) => site === name)?.streams ?? [];
    if (streams.length > 0 && name !== home.name) copies.set(name, await readSiteLog(broker, shards));
  }
  const log = await readSiteLog(home.broker, shards);
  const own = state.sites.find(({ site }) => site === home.name)?.streams ?? [];
  const forks = Array.from({ length: shards }, (_, shard) => {
    const role = own.find(
      ({ stream }) => stream.startsWith("P4_CHANNELS_") && stream.endsWith(`_${String(shard)}`),
    )?.role;
    return role?.kind === "home" ? role.forks : [];
  });
  return { log, copies, forks, tails: await readForks(forksDir), readAtMs: Date.now() };
}

async function homeOf(watch: Watch, sites: readonly Site[]): Promise<{ home: Site; state: RegionState }> {
  const state = await watch.look();
  const row = currentRow(state.sites.map((site) => site.row));
  const home = sites.find(({ name }) => name === row?.home);
  if (home === undefined) throw new Error("the sites do not agree on a home");
  return { home, state };
}
