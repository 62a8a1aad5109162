import { machineVersion } from "@p4/channel";
import { sha256Hex } from "@p4/node-crypto";
import { CliError } from "../cli-error.ts";
import { countText, counted, durationText } from "../human.ts";
import { countChannels, refoldAll, type RefoldReport } from "../operator/refold-all.ts";
import { StateHashesWriter } from "../operator/state-hashes.ts";
import { withNode, type Operator } from "../operator/with-node.ts";
import { Progress } from "../progress.ts";
import { examples, type Verb, type VerbContext } from "../verb.ts";
import { countArgument } from "./arguments.ts";

interface RecoverOptions {
  readonly all?: boolean;
  readonly check?: boolean;
  readonly stateHashes?: string;
  readonly concurrency: number;
}

export const recoverVerb: Verb = (verb, context) => {
  verb
    .option("--all", "every channel of the region")
    .option("--check", "fold and report; nothing is written to the broker")
    .option("--state-hashes <file>", "write down where each channel's log leads, for p4 replay --all --against")
    .option("--concurrency <n>", "channels read at the same time", countArgument, 128)
    .addHelpText(
      "after",
      examples(
        ["p4 recover --all --check", "each channel that no longer folds, with its place"],
        ["p4 recover --all --check --state-hashes before.jsonl", "before an upgrade"],
        ["p4 replay --all --against before.jsonl", "after it: which channels now end in another state"],
      ) + "\nExit code 1: some channel does not fold.\n",
    )
    .action(async (options: RecoverOptions) => {
      if (options.all !== true || options.check !== true) {
        throw new CliError(
          "misuse",
          "give --all --check",
          "Nothing needs to be restored by hand: an edge folds a channel from the log when it is asked for.",
          "BAD_OPTIONS",
        );
      }
      await withNode(context, (operator) => recover(context, operator, options));
    });
};

async function recover(context: VerbContext, operator: Operator, options: RecoverOptions): Promise<void> {
  const version = machineVersion(sha256Hex);
  const { region } = operator.config;
  const progress = new Progress(context, "channels", await countChannels(operator));
  const head = { region, machineVersion: version, madeAt: new Date().toISOString() };
  const hashes = options.stateHashes === undefined ? null : await StateHashesWriter.open(options.stateHashes, head);
  let report: RefoldReport;
  try {
    report = await refoldAll(operator, {
      concurrency: options.concurrency,
      progress,
      signal: context.signal,
      onFolded: (folded) => hashes?.add(folded),
    });
    await hashes?.finish();
  } catch (error) {
    await hashes?.abandon();
    throw error;
  }
  const { channels, events, damaged, aging } = report;
  const { elapsedMs: tookMs, perSecond } = progress;
  const eventsPerSecond = Math.round((events * 1_000) / Math.max(1, tookMs));
  const maxRssBytes = process.resourceUsage().maxRSS * 1_024;
  const rates = { tookMs: Math.round(tookMs), channelsPerSecond: Math.round(perSecond), eventsPerSecond, maxRssBytes };
  context.print({ region, machineVersion: version, ...report, ...rates }, () => [
    `${counted(channels, "channel")}, ${counted(events, "event")} in ${durationText(tookMs)}: ` +
      `${countText(rates.channelsPerSecond)} channels/s, ${countText(eventsPerSecond)} events/s`,
    ...(aging === 0 ? [] : [`${counted(aging, "channel")} without first events, which went with the log's age`]),
    ...damaged.map(
      ({ channelId, code, message }) => `${context.terminal.style("red", "damaged")} ${channelId}: ${code}: ${message}`,
    ),
    damaged.length === 0
      ? `${context.terminal.style("green", "all fold")}, with machine ${version}`
      : `not folding: ${counted(damaged.length, "channel")}`,
  ]);
  if (damaged.length > 0) context.fail();
}
