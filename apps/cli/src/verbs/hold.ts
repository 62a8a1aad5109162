import { holdChannel, openArchive } from "@p4/operator";
import { CliError } from "../cli-error.ts";
import { timeText } from "../human.ts";
import { withNode, type Operator } from "../operator/with-node.ts";
import { tableLines, type Column } from "../table.ts";
import { examples, type Verb, type VerbContext } from "../verb.ts";
import { channelArgument } from "./arguments.ts";

export const holdVerb: Verb = (verb, context) => {
  verb.addHelpText(
    "after",
    examples(
      ["p4 hold add inv123 --reason 'case 2026-114'", "archive it now, and keep the archive"],
      ["p4 hold list", "what is held, and why"],
      ["p4 hold remove inv123", "let it go; nothing is deleted by this"],
    ) +
      "\nThe log drops events by their age and cannot spare single channels: a hold keeps the evidence file in the archive." +
      "\nWhile a held channel goes on, each `p4 archive` run archives it again.\n",
  );
  verb
    .command("add")
    .argument("<channel>", "the channel's id", channelArgument)
    .requiredOption("--reason <text>", "why, as listed by p4 hold list")
    .description("archive the channel now, and protect the archived file from deletion")
    .addHelpText("after", examples(["p4 hold add inv123 --reason 'case 2026-114'", "the first reason stays"]))
    .action((channelId: string, { reason }: { readonly reason: string }) =>
      withNode(context, (operator) => add(context, operator, channelId, reason)),
    );
  verb
    .command("remove")
    .argument("<channel>", "the channel's id", channelArgument)
    .option("--yes", "do not ask")
    .description("end the protection; the archived file stays until it is pruned")
    .addHelpText("after", examples(["p4 hold remove inv123", "asks first"]))
    .action((channelId: string, { yes }: { readonly yes?: boolean }) =>
      withNode(context, (operator) => remove(context, operator, channelId, yes === true)),
    );
  verb
    .command("list")
    .description("the channels on hold")
    .addHelpText("after", examples(["p4 hold list --json", "for programs"]))
    .action(() => withNode(context, (operator) => list(context, operator)));
};

async function add(context: VerbContext, operator: Operator, channelId: string, reason: string): Promise<void> {
  const held = await holdChannel(operator, { channelId, reason }, (line) => context.terminal.err(line));
  const { archived: kept } = held;
  context.print(held, () => [
    held.reason === reason
      ? `channel ${channelId} is on hold: ${reason}`
      : `channel ${channelId} is on hold since ${timeText(held.heldAtMs)}: ${held.reason}`,
    `archived up to sequence ${kept?.streamVersion ?? 0} (${kept?.state ?? ""}), sha256 ${kept?.sha256 ?? ""}`,
  ]);
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
