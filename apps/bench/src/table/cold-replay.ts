import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type * as ChannelLibrary from "@p4/channel";
import { sha256Hex } from "@p4/node-crypto";
import type { Contender } from "./scenario.ts";
import type { Build } from "./stage.ts";

const perRound = 1_500;
const sample = "libs/channel/samples/conversations/paid-and-proved.v1.jsonl";

/** Recorded channels folded from their stored texts by each build, in this process, and what `JSON.parse` alone takes for them. */
export async function coldReplay(builds: readonly [Build, ...Build[]]): Promise<Contender[]> {
  const texts = await textsOf(builds[0].root);
  const parse = (): unknown => texts.map((text) => JSON.parse(text) as unknown);
  return [...(await Promise.all(builds.map(replayOf))), { name: "JSON.parse", measure: () => rateOf(parse) }];
}

async function replayOf({ name, root }: Build): Promise<Contender> {
  const library = (await import(pathToFileURL(join(root, "libs/channel/dist/index.js")).href)) as typeof ChannelLibrary;
  const texts = await textsOf(root);
  const fold = (): unknown =>
    texts.reduce(
      (channel, text, index) => library.foldStored(channel, text, (index + 1) * 10, sha256Hex).channel,
      library.newChannel(),
    );
  return { name, measure: () => rateOf(fold) };
}

async function textsOf(root: string): Promise<string[]> {
  return (await readFile(join(root, sample), "utf8")).trimEnd().split("\n");
}

/** Per second of CPU: of one core. */
function rateOf(work: () => unknown): Promise<{ perSecond: number }> {
  const before = process.cpuUsage();
  for (let count = 0; count < perRound; count++) work();
  const { user, system } = process.cpuUsage(before);
  return Promise.resolve({ perSecond: (perRound * 1e6) / (user + system) });
}
