import { foldChannel } from "@p4/node";
import { isLogError } from "@p4/channel";
import { CliError, isCliError } from "../cli-error.ts";
import { openArchive, type ArchiveRecord } from "../evidence/archive.ts";
import { openKeyFile, operatorKeyPath } from "../evidence/key-file.ts";
import { evidenceMaker } from "../evidence/make-evidence.ts";
import { timeText } from "../human.ts";
import { unknownChannel } from "../operator/read-channel.ts";
import { withNode, type Operator } from "../operator/with-node.ts";
import { tableLines, type Column } from "../table.ts";
import { examples, type Verb, type VerbContext } from "../verb.ts";
import { channelArgument } from "./arguments.ts";

export const holdVerb: Verb = (program, context) => {
  const hold = program
    .command("hold")
    .description("keep channels for as long as a dispute takes (legal hold)")
    .addHelpText(
      "after",
      examples(
        ["p4 hold add inv123 --reason 'case 2026-114'", "archive it now, and keep the archive"],
        ["p4 hold list", "what is held, and why"],
        ["p4 hold remove inv123", "let it go; nothing is deleted by this"],
      ) +
        "\nThe log drops events by their age and cannot spare single channels: a hold keeps the evidence file in the archive." +
        "\nWhile a held channel goes on, each `p4 archive` run archives it anew.\n",
    );
  hold
    .command("add")
    .argument("<channel>", "the channel's id", channelArgument)
    .requiredOption("--reason <text>", "why, for whoever lists holds later")
    .description("archive the channel now, and protect the archived file from deletion")
    .addHelpText("after", examples(["p4 hold add inv123 --reason 'case 2026-114'", "the first reason stays"]))
    .action((channelId: string, { reason }: { readonly reason: string }) =>
      withNode(context, (operator) => add(context, operator, channelId, reason)),
    );
  hold
    .command("remove")
    .argument("<channel>", "the channel's id", channelArgument)
    .option("--yes", "do not ask")
    .description("end the protection; the archived file stays until it is pruned")
    .addHelpText("after", examples(["p4 hold remove inv123", "asks first"]))
    .action((channelId: string, { yes }: { readonly yes?: boolean }) =>
      withNode(context, (operator) => remove(context, operator, channelId, yes === true)),
    );
  hold
    .command("list")
    .description("the channels on hold")
    .addHelpText("after", examples(["p4 hold list --json", "for programs"]))
    .action(() => withNode(context, (operator) => list(context, operator)));
};

/** The hold first: from then on nothing deletes an archived file of the channel, also while the new one is written. */
async function add(context: VerbContext, operator: Operator, channelId: string, reason: string): Promise<void> {
  const archive = openArchive(operator);
  const isKnown = (await operator.node.log.streamVersions([channelId])).has(channelId);
  if (!isKnown && (await archive.record(channelId)) === null) throw unknownChannel(channelId);
  const hold = await archive.addHold({ channelId, reason, heldAtMs: Date.now() });
  const kept = isKnown ? await archiveNow(context, operator, channelId) : await archive.record(channelId);
  context.print({ ...hold, archived: kept }, () => [
    hold.reason === reason
      ? `channel ${channelId} is on hold: ${reason}`
      : `channel ${channelId} is on hold since ${timeText(hold.heldAtMs)}: ${hold.reason}`,
    `archived up to sequence ${kept?.streamVersion ?? 0} (${kept?.state ?? ""}), sha256 ${kept?.sha256 ?? ""}`,
  ]);
}

async function archiveNow(context: VerbContext, operator: Operator, channelId: string): Promise<ArchiveRecord | null> {
  const archive = openArchive(operator);
  const before = await archive.record(channelId);
  try {
    const { streamVersion } = await foldChannel(operator.node.log, channelId, { consistent: true });
    if (before?.streamVersion === streamVersion) return before;
    const key = await openKeyFile(context, operatorKeyPath(operator.config));
    const maker = await evidenceMaker(operator, key);
    return await archive.put(await maker.make(channelId), Date.now());
  } catch (error) {
    if (!isLogError(error) && !(isCliError(error) && error.kind === "failed")) throw error;
    const what = before === null ? "it could not be archived" : "what was archived before stays, nothing newer";
    const nextStep = "The log itself will lose it with its age: save a backup of its stream.";
    throw new CliError("failed", `the hold is noted, but ${what}: ${error.message}`, nextStep, error.code);
  }
}

async function remove(context: VerbContext, operator: Operator, channelId: string, yes: boolean): Promise<void> {
  const archive = openArchive(operator);
  const hold = await archive.hold(channelId);
  if (hold === null) {
    throw new CliError(
      "failed",
      `channel ${channelId} is not on hold`,
      "`p4 hold list` shows those that are.",
      "NOT_HELD",
    );
  }
  await context.confirm(`Let channel ${channelId} go, held for: ${hold.reason}?`, yes);
  await archive.removeHold(channelId);
  context.print({ removed: hold }, () => `channel ${channelId} is no longer on hold; its archived file stays`);
}

const columns: readonly Column[] = [
  { title: "channel" },
  { title: "held since (UTC)" },
  { title: "archived (UTC)" },
  { title: "reason" },
];

async function list(context: VerbContext, operator: Operator): Promise<void> {
  const archive = openArchive(operator);
  const held: { channelId: string; reason: string; heldAtMs: number; archivedAtMs: number | null }[] = [];
  for await (const hold of archive.holds()) {
    held.push({ ...hold, archivedAtMs: (await archive.record(hold.channelId))?.archivedAtMs ?? null });
  }
  const time = (atMs: number | null): string => (atMs === null ? "not yet" : timeText(atMs).slice(0, 19));
  const rows = held.map(({ channelId, heldAtMs, archivedAtMs, reason }) => [
    channelId,
    time(heldAtMs),
    time(archivedAtMs),
    reason,
  ]);
  context.print({ held }, () =>
    held.length === 0 ? "no channel is on hold" : tableLines(columns, rows, context.terminal.style),
  );
}
