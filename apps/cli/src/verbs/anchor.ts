import { join } from "node:path";
import { createAnchor, readAnchor, type ChannelHead } from "@p4/evidence";
import { nodeCrypto } from "@p4/node-crypto";
import { CliError, isCliError } from "../cli-error.ts";
import { anchorTransactionPath } from "../evidence/anchor-transaction-file.ts";
import { confirmReplacing, writeOutputFile } from "../evidence/input-output.ts";
import { openKeyFile, operatorKeyPath } from "../evidence/key-file.ts";
import { publishAnchor, type PublishedAnchor, type PublishOptions } from "../evidence/publish-anchor.ts";
import { fileLine } from "../evidence/report-lines.ts";
import { counted, timeText } from "../human.ts";
import { countChannels, refoldAll } from "../operator/refold-all.ts";
import { withNode, type Operator } from "../operator/with-node.ts";
import { WalletFile } from "../pay/wallet-file.ts";
import { Progress } from "../progress.ts";
import { examples, type Verb, type VerbContext } from "../verb.ts";
import { addAnchorCompare } from "./anchor-compare.ts";
import { addAnchorPublish, minerUrlOf, publishedLines, requireWallet } from "./anchor-publish.ts";
import { addAnchorVerify } from "./anchor-verify.ts";
import { countArgument, urlArgument } from "./arguments.ts";

interface AnchorOptions {
  readonly output?: string;
  readonly concurrency: number;
  readonly wallet?: string;
  readonly miner?: string;
  readonly yes?: boolean;
}

export const anchorVerb: Verb = (verb, context) => {
  verb
    .option("-o, --output <file>", "where to; anchors/<date>.p4a")
    .option("--concurrency <n>", "channels read at the same time", countArgument, 128)
    .option("--wallet <file>", "also write the root into a transaction, paid from this wallet file (see p4 wallet)")
    .option("--miner <url>", "the miner's mAPI that takes it; P4_MINER_URL", urlArgument)
    .option("--yes", "replace a file that exists without asking")
    .addHelpText(
      "after",
      examples(
        ["p4 anchor", "once a day; writes anchors/2026-11-23.p4a"],
        ["p4 anchor --wallet my.json", "and writes the root into a transaction"],
        ["p4 anchor verify anchors/2026-11-23.p4a", "is the file what was signed; no broker"],
        ["p4 anchor compare anchors/2026-11-23.p4a", "does the log still hold what was signed"],
        ["p4 evidence verify inv123.p4e --anchor 2026-11-23.p4a", "use it"],
      ) +
        "\nPublish the root, or give the file to a third party: it binds you only where it is known outside of your hands." +
        "\nExit code 1: a channel's log does not hold together; the others are anchored.\n",
    )
    .action((options: AnchorOptions) => withNode(context, (operator) => makeAnchor(context, operator, options)));
  addAnchorVerify(verb, context);
  addAnchorPublish(verb, context);
  addAnchorCompare(verb, context);
};

async function makeAnchor(context: VerbContext, operator: Operator, options: AnchorOptions): Promise<void> {
  const anchoredAtMs = Date.now();
  const { output = join("anchors", `${new Date(anchoredAtMs).toISOString().slice(0, 10)}.p4a`), yes = false } = options;
  requireWallet(options);
  const funding = options.wallet === undefined ? null : await WalletFile.open(options.wallet);
  await confirmReplacing(context, funding === null ? [output] : [output, anchorTransactionPath(output)], yes);
  const key = await openKeyFile(context, operatorKeyPath(operator.config));
  // Of each channel only its head is kept: memory grows with the file that is written, not with the log.
  const heads: ChannelHead[] = [];
  const { damaged, aging } = await refoldAll(operator, {
    concurrency: options.concurrency,
    progress: new Progress(context, "channels", await countChannels(operator)),
    signal: context.signal,
    onFolded: ({ channelId, streamVersion, headHash }) => heads.push({ channelId, streamVersion, headHash }),
  });
  if (heads.length === 0) {
    const nextStep = damaged.length === 0 ? null : "`p4 recover --all --check` names each damaged channel.";
    throw new CliError("failed", "the log has no channel to anchor", nextStep, "NOTHING_TO_ANCHOR");
  }
  const text = createAnchor({ heads, anchoredAtMs, operatorPrivateKeyHex: key.privateKeyHex, crypto: nodeCrypto });
  await writeOutputFile(output, text);
  const { signedRoot } = readAnchor(text, nodeCrypto);
  const minerUrl = options.miner ?? minerUrlOf(operator.config, operator.address.minerUrl);
  const { root } = signedRoot;
  const published = funding && (await publishOrExplain({ path: output, root, funding, minerUrl }, options));
  context.print({ file: output, ...signedRoot, damaged, aging, transaction: published }, () => [
    `${counted(heads.length, "channel")} at ${timeText(anchoredAtMs)}`,
    `root ${signedRoot.root}`,
    `signed by ${signedRoot.publicKey}`,
    ...(aging === 0
      ? []
      : [`not in it: ${counted(aging, "channel")} without first events, which went with the log's age`]),
    ...damaged.map(
      ({ channelId, message }) => `${context.terminal.style("red", "not in it")} ${channelId}: ${message}`,
    ),
    fileLine(output, text),
    ...(published === null ? [] : publishedLines(published)),
  ]);
  if (damaged.length > 0) context.fail();
}

/** The anchor is written by now: what is left is to publish it. */
async function publishOrExplain(publish: PublishOptions, { wallet }: AnchorOptions): Promise<PublishedAnchor> {
  try {
    return await publishAnchor(publish);
  } catch (error) {
    if (!isCliError(error)) throw error;
    const nextStep = `The anchor itself is written. Then: p4 anchor publish ${publish.path} --wallet ${wallet}`;
    throw new CliError(error.kind, error.message, nextStep, error.code);
  }
}
