import { mkdir, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createAnchor, readAnchor, type ChannelHead } from "@p4/evidence";
import { forEachConcurrently } from "@p4/node";
import { nodeCrypto, sha256Hex } from "@p4/node-crypto";
import { CliError } from "../cli-error.ts";
import { readAnchorFile, writeNew } from "../evidence/files.ts";
import { operatorKey } from "../evidence/operator-key.ts";
import { countText, timeText } from "../human.ts";
import { countChannels, refoldAll } from "../operator/refold-all.ts";
import { textOf } from "../operator/read-channel.ts";
import { withNode, type Operator } from "../operator/with-node.ts";
import { Progress } from "../progress.ts";
import { examples, type Verb, type VerbContext } from "../verb.ts";

const concurrency = 128;

interface AnchorOptions {
  readonly output?: string;
  readonly verify?: string | true;
}

export const anchorVerb: Verb = (program, context) => {
  program
    .command("anchor")
    .description("sign the heads of all channels as one root: what is published once cannot be rewritten later")
    .option("-o, --output <file>", "where to; default anchors/<time>.p4a in the data directory")
    .option("--verify [file]", "compare an anchor (the newest one) with the log instead")
    .addHelpText(
      "after",
      examples(
        ["p4 anchor", "once a day, from a timer; publish the root it prints"],
        ["p4 anchor --verify", "is what was anchored still in the log, byte for byte"],
        ["p4 evidence export inv123 -o inv123.p4e --anchor data/anchors/<time>.p4a", "evidence that cites it"],
      ) + "\nExit code 1: a channel does not fold, or is not what was anchored.\n",
    )
    .action((options: AnchorOptions) =>
      withNode(context, (operator) =>
        options.verify === undefined
          ? makeAnchor(context, operator, options.output)
          : verifyAnchor(context, operator, options.verify),
      ),
    );
};

async function makeAnchor(context: VerbContext, operator: Operator, output: string | undefined): Promise<void> {
  const { config } = operator;
  const key = await operatorKey(config);
  const anchoredAtMs = Date.now();
  const heads: ChannelHead[] = [];
  const { damaged, aging } = await refoldAll(operator, {
    concurrency,
    progress: new Progress(context, "channels", await countChannels(operator)),
    signal: context.signal,
    onFolded: ({ channelId, streamVersion, headHash }) => heads.push({ channelId, streamVersion, headHash }),
  });
  if (heads.length === 0) throw new CliError("failed", "the log has no channel to anchor", null, "NOTHING_YET");
  const text = createAnchor({ heads, anchoredAtMs, operatorPrivateKeyHex: key.privateKeyHex, crypto: nodeCrypto });
  const file =
    output ?? join(config.dataDir, "anchors", `${new Date(anchoredAtMs).toISOString().replaceAll(":", "")}.p4a`);
  await mkdir(dirname(file), { recursive: true });
  await writeNew(file, text, false);
  const { signedRoot } = readAnchor(text, nodeCrypto);
  context.print({ file, ...signedRoot, damaged, aging }, () => [
    `${file}: ${countText(heads.length)} channels at ${timeText(anchoredAtMs)}`,
    `root ${signedRoot.root}`,
    `signed by ${signedRoot.publicKey}`,
    ...damaged.map(({ channelId, message }) => `not anchored: ${channelId}: ${message}`),
  ]);
  if (damaged.length > 0) context.fail();
}

async function verifyAnchor(context: VerbContext, { node, config }: Operator, given: string | true): Promise<void> {
  const file = given === true ? await newestAnchor(join(config.dataDir, "anchors")) : given;
  const { heads, signedRoot } = await readAnchorFile(file);
  const progress = new Progress(context, "channels", heads.length);
  const differing: string[] = [];
  let gone = 0;
  await forEachConcurrently(iterate(heads), concurrency, async ({ channelId, streamVersion, headHash }) => {
    context.signal.throwIfAborted();
    const events = await node.log.readStream(channelId, { consistent: true });
    const anchored = events.find((event) => event.streamVersion === streamVersion);
    if (events.length === 0) gone++;
    else if (anchored === undefined || sha256Hex(textOf(anchored).text) !== headHash) differing.push(channelId);
    progress.add();
  });
  context.print({ file, ...signedRoot, differing, gone }, () => [
    `${file}: ${countText(heads.length)} channels, anchored ${timeText(signedRoot.anchoredAtMs)}, root ${signedRoot.root}`,
    ...(gone === 0 ? [] : [`${countText(gone)} are no longer in the log`]),
    ...differing.map((channelId) => `${channelId} is not what was anchored`),
    differing.length === 0
      ? context.terminal.style("green", "the log still has what was anchored")
      : context.terminal.style("red", `${countText(differing.length)} differ`),
  ]);
  if (differing.length > 0) context.fail();
}

async function newestAnchor(dir: string): Promise<string> {
  const names = (await readdir(dir).catch(() => [])).filter((name) => name.endsWith(".p4a")).sort();
  const newest = names.at(-1);
  if (newest === undefined)
    throw new CliError("misuse", `there is no anchor in ${dir}`, "Make one: p4 anchor", "NO_ANCHOR");
  return join(dir, newest);
}

async function* iterate<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}
