import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type * as ChannelLibrary from "@p4/channel";
import { sha256Hex } from "@p4/node-crypto";
import { median } from "../statistics.ts";

export interface ReplayResult {
  readonly name: string;
  readonly channelsPerSecond: number;
  /** Of the same bytes by `JSON.parse` alone. */
  readonly parsesPerSecond: number;
}

const perRound = 1_500;

/** Recorded channels folded from their stored texts, beside what `JSON.parse` takes for them: on one core, in this process. */
export async function measureReplay(
  builds: readonly { readonly name: string; readonly root: string }[],
  rounds: number,
): Promise<ReplayResult[]> {
  const results: ReplayResult[] = [];
  for (const { name, root } of builds) {
    const library = (await import(
      pathToFileURL(join(root, "libs/channel/dist/index.js")).href
    )) as typeof ChannelLibrary;
    const sample = join(root, "libs/channel/samples/conversations/paid-and-proved.v1.jsonl");
    const texts = (await readFile(sample, "utf8")).trimEnd().split("\n");
    const fold = (): unknown =>
      texts.reduce(
        (channel, text, index) => library.foldStored(channel, text, (index + 1) * 10, sha256Hex).channel,
        library.newChannel(),
      );
    const parse = (): unknown => texts.map((text) => JSON.parse(text) as unknown);
    results.push({ name, channelsPerSecond: rateOf(fold, rounds), parsesPerSecond: rateOf(parse, rounds) });
  }
  return results;
}

function rateOf(work: () => unknown, rounds: number): number {
  const rates: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const before = process.cpuUsage();
    for (let count = 0; count < perRound; count++) work();
    const { user, system } = process.cpuUsage(before);
    // The first one warms up.
    if (round > 0) rates.push((perRound * 1e6) / (user + system));
  }
  return median(rates);
}
