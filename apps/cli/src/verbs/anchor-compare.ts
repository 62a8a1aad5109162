import type { ChannelHead } from "@p4/evidence";
import { forEachConcurrently } from "@p4/read-models";
import { sha256Hex } from "@p4/node-crypto";
import { readAnchorFile } from "../evidence/input-output.ts";
import { countText, counted, timeText } from "../human.ts";
import { withNode, type Operator } from "../operator/with-node.ts";
import { Progress } from "../progress.ts";
import { examples, type Verb, type VerbContext } from "../verb.ts";

const concurrency = 128;

export const addAnchorCompare: Verb = (anchor, context) => {
  anchor
    .command("compare")
    .argument("<file>", "an anchor file")
    .description("check that the log still holds what was anchored, byte for byte")
    .addHelpText(
      "after",
      examples(["p4 anchor compare anchors/2026-11-23.p4a", "which channels were rewritten or cut since"]) +
        "\nA channel that has gone on since agrees; one that left with the log's age is counted apart.\n",
    )
    .action((path: string) => withNode(context, (operator) => compare(context, operator, path)));
};

async function compare(context: VerbContext, { node }: Operator, path: string): Promise<void> {
  const { heads, signedRoot } = await readAnchorFile(path);
  const progress = new Progress(context, "channels", heads.length);
  const differing: { channelId: string; streamVersion: number; fault: string }[] = [];
  let gone = 0;
  await forEachConcurrently(iterate(heads), concurrency, async ({ channelId, streamVersion, headHash }) => {
    context.signal.throwIfAborted();
    const events = await node.log.readStream(channelId, { consistent: true });
    const anchored = events.find((event) => event.streamVersion === streamVersion);
    if (events.length === 0) gone++;
    else if (anchored === undefined) differing.push({ channelId, streamVersion, fault: "the event is not in the log" });
    else if (sha256Hex(anchored.bytes) !== headHash) {
      differing.push({ channelId, streamVersion, fault: "the event has other bytes" });
    }
    progress.add();
  });
  const { style } = context.terminal;
  context.print({ file: path, ok: differing.length === 0, ...signedRoot, differing, gone }, () => [
    `${counted(heads.length, "channel")}, anchored ${timeText(signedRoot.anchoredAtMs)}, root ${signedRoot.root}`,
    ...(gone === 0 ? [] : [`no longer in the log: ${countText(gone)}`]),
    ...differing.map(({ channelId, streamVersion, fault }) => `${channelId} at ${streamVersion}: ${fault}`),
    differing.length === 0
      ? style("green", "the log still holds what was anchored")
      : style("red", `differing from what was anchored: ${counted(differing.length, "channel")}`),
  ]);
  if (differing.length > 0) context.fail();
}

async function* iterate(heads: readonly ChannelHead[]): AsyncGenerator<ChannelHead> {
  yield* heads;
}
