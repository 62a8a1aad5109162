import { machineVersion } from "@p4/channel";
import { sha256Hex } from "@p4/node-crypto";
import { countText, counted } from "../human.ts";
import { compareStates } from "../operator/compare-states.ts";
import { firstSequences } from "../operator/first-sequences.ts";
import { readStateHashes } from "../operator/state-hashes.ts";
import { withNode } from "../operator/with-node.ts";
import { Progress } from "../progress.ts";
import type { VerbContext } from "../verb.ts";

const concurrency = 128;

/** Which recorded channels end in another state with this build than with the one that wrote the file. */
export async function replayAllAgainst(context: VerbContext, file: string): Promise<void> {
  const { head, states } = await readStateHashes(file);
  await withNode(context, async ({ node: { log, broker }, config: { region, shards } }) => {
    const progress = new Progress(context, "channels");
    const compared = { log, shards, firstSequences: () => firstSequences(broker, region) };
    const report = await compareStates(compared, states, { concurrency, progress, signal: context.signal });
    const { channels, changed, gone } = report;
    const now = machineVersion(sha256Hex);
    context.print({ file, machineThen: head.machineVersion, machineNow: now, ...report }, () => [
      `${counted(channels, "channel")} recorded ${head.madeAt} with machine ${head.machineVersion}; this is ${now}`,
      ...(gone === 0 ? [] : [`no longer in the log, or not from their beginning: ${countText(gone)}`]),
      ...changed.map(({ channelId, streamVersion, detail }) => `changed ${channelId} at ${streamVersion}: ${detail}`),
      changed.length === 0
        ? context.terminal.style("green", "every channel ends where it ended")
        : context.terminal.style("red", `ending elsewhere: ${counted(changed.length, "channel")}`),
    ]);
    if (changed.length > 0) context.fail();
  });
}
