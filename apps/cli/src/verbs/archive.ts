import type { ChannelSummary } from "@p4/channel";
import { CliError } from "../cli-error.ts";
import { archiveChannels, directoryTarget, storeTarget } from "../evidence/archive-channels.ts";
import { openKeyFile, operatorKeyPath } from "../evidence/key-file.ts";
import { evidenceMaker, openArchive, type Archive } from "@p4/operator";
import { countText, counted, durationText, sizeText } from "../human.ts";
import { withNode, type Operator } from "../operator/with-node.ts";
import { Progress } from "../progress.ts";
import { examples, type Verb, type VerbContext } from "../verb.ts";
import { addArchiveList } from "./archive-list.ts";
import { addArchivePrune } from "./archive-prune.ts";
import { countArgument, pastArgument } from "./arguments.ts";

interface ArchiveOptions {
  readonly endedBefore?: number;
  readonly toStore?: boolean;
  readonly dir?: string;
  readonly concurrency: number;
}

export const archiveVerb: Verb = (verb, context) => {
  verb
    .option("--ended-before <time>", "channels that expired or were closed before: 30d ago, or a time", pastArgument)
    .option("--to-store", "into the broker's archive bucket, which has no age")
    .option("--dir <dir>", "into this directory: <channel>.p4e")
    .option("--concurrency <n>", "channels at the same time", countArgument, 16)
    .addHelpText(
      "after",
      examples(
        ["p4 archive --ended-before 30d --to-store", "once a day, with an age well below P4_LOG_RETENTION"],
        ["p4 archive --ended-before 2026-11-01 --dir archive", "as files"],
        ["p4 evidence fetch inv123 -o inv123.p4e", "get one back"],
        ["p4 archive list", "what the store has"],
        ["p4 archive prune --archived-before 3650d", "delete old ones that are not on hold"],
      ) +
        "\nChannels on hold are archived too, also while they go on. What is archived already is left alone. Nothing is taken" +
        "\nout of the log. Exit code 1: a channel could not be archived.\n",
    )
    .action((options: ArchiveOptions) => {
      const { endedBefore, toStore, dir } = options;
      if (endedBefore === undefined || (toStore === true) === (dir !== undefined)) {
        const nextStep = "p4 archive --ended-before 30d --to-store";
        throw new CliError("misuse", "give --ended-before, and either --to-store or --dir", nextStep, "BAD_OPTIONS");
      }
      return withNode(context, (operator) => archiveEnded(context, operator, { ...options, endedBefore }));
    });
  addArchiveList(verb, context);
  addArchivePrune(verb, context);
};

async function archiveEnded(
  context: VerbContext,
  operator: Operator,
  { endedBefore, dir, concurrency }: ArchiveOptions & { readonly endedBefore: number },
): Promise<void> {
  const { node, config } = operator;
  const { signal } = context;
  const archive = openArchive(operator);
  const key = await openKeyFile(context, operatorKeyPath(config));
  const maker = await evidenceMaker(operator, key);
  const indexed = new Progress(context, "channels taken into the index");
  await node.index.catchUp({ signal, onProgress: () => indexed.add() });
  const progress = new Progress(context, "channels");
  const target = dir === undefined ? storeTarget(archive) : directoryTarget(dir);
  const channels = wanted(node.index, archive, endedBefore);
  const report = await archiveChannels(channels, maker, target, { concurrency, progress, signal });
  const { archived, unchanged, bytes, failed, missingHeaders, firstMissing } = report;
  const where = dir ?? "the store";
  context.print({ to: dir ?? "store", ...report, tookMs: Math.round(progress.elapsedMs) }, () => [
    `${counted(archived, "channel")} (${sizeText(bytes)}) archived in ${where} in ${durationText(progress.elapsedMs)}; there already: ${countText(unchanged)}`,
    ...(firstMissing === undefined
      ? []
      : [`${counted(missingHeaders, "block header")} could not be had: ${firstMissing}`]),
    ...failed.map(({ channelId, message }) => {
      const place = message.includes(channelId) ? message : `${channelId}: ${message}`;
      return `${context.terminal.style("red", "not archived")} ${place}`;
    }),
  ]);
  if (failed.length > 0) context.fail();
}

/** Ended long enough ago, or on hold. A channel that the index calls damaged is tried too: the failure is to be seen. */
async function* wanted(
  index: Operator["node"]["index"],
  archive: Archive,
  endedBefore: number,
): AsyncGenerator<ChannelSummary> {
  const held = new Set<string>();
  for await (const { channelId } of archive.holds()) held.add(channelId);
  for await (const summary of index.all()) {
    const { channelId, state, lastEventAtMs } = summary;
    const ended = state === "expired" || state === "closed" || state === "damaged";
    if ((ended && lastEventAtMs < endedBefore) || held.has(channelId)) yield summary;
  }
}
