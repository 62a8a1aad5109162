import { stateName } from "@p4/channel";
import { laterDeadline, operatorMetadata, submitAsOperator, type Later } from "@p4/operator";
import { runBulk, type BulkWork } from "../bulk/run-bulk.ts";
import { bulkHelp, isBulk, selectionOptions, type BulkOptions } from "../bulk/selection.ts";
import { CliError } from "../cli-error.ts";
import { timeText } from "../human.ts";
import { withNode, type Operator } from "../operator/with-node.ts";
import { examples, type Verb, type VerbContext } from "../verb.ts";
import { channelArgument, laterArgument } from "./arguments.ts";

interface ExtendOptions extends BulkOptions {
  readonly reason?: string;
  readonly by: string;
}

export const deadlineVerb: Verb = (verb, context) => {
  verb.addHelpText("after", examples(["p4 deadline extend inv123 2h", "two hours more than it has now"]));
  selectionOptions(verb.command("extend"))
    .argument("[channel]", "the channel's id; leave it out with --state")
    .argument("[by]", "by a duration (30m, 2h), or to a time; with --state the duration counts from now", laterArgument)
    .description("give a channel, or many, more time before they expire")
    .option("--reason <text>", "why; it is kept in the log")
    .option("--by <name>", "who; kept in the log with the reason", "operator")
    .option("--yes", "do not ask")
    .addHelpText(
      "after",
      examples(
        ["p4 deadline extend inv123 2h", "two hours more than it has now"],
        ["p4 deadline extend inv123 2026-11-24T18:00Z --yes", "to a time, without asking"],
        ["p4 deadline extend 2h --state awaitingAck", "all of them to two hours from now; a later deadline is kept"],
      ) +
        "\nNot beyond what the log keeps (P4_LOG_RETENTION), counted from the channel's opening.\n" +
        bulkHelp,
    )
    .action((first: string | undefined, by: Later | undefined, options: ExtendOptions) => {
      // With --state no channel is named: what comes first is how much later.
      const named = options.state === undefined ? first : by === undefined ? undefined : first;
      const many = isBulk(options, named);
      const later = many && first !== undefined ? laterArgument(first) : by;
      if (later === undefined) throw new CliError("misuse", "say by how much, or to when", null, "BAD_ARGUMENT");
      return withNode(context, (operator) =>
        many || named === undefined
          ? runBulk(context, operator, options, extending(operator, later, options))
          : extendOne(context, operator, { ...options, channelId: channelArgument(named), later }),
      );
    });
};

async function extendOne(
  context: VerbContext,
  operator: Operator,
  { channelId, later, yes, ...told }: ExtendOptions & { readonly channelId: string; readonly later: Later },
): Promise<void> {
  const { snapshot, fromMs, toMs: expiresAtMs } = await laterDeadline(operator, channelId, later);
  const [from, to] = [timeText(fromMs), timeText(expiresAtMs)];
  await context.confirm(
    `Move the deadline of ${channelId} (${stateName(snapshot)}) from ${from} to ${to}?`,
    yes === true,
  );
  const command = extendCommand(expiresAtMs, told);
  const { channel: _channel, ...result } = await submitAsOperator(operator, channelId, command);
  const expiresAt = new Date(expiresAtMs).toISOString();
  context.print({ ...result, expiresAt }, () => `${channelId} expires ${to} (sequence ${result.streamVersion})`);
}

/** To one moment for all, so that a run that is started again moves none twice. */
function extending(operator: Operator, later: Later, told: ExtendOptions): BulkWork {
  const toMs = "byMs" in later ? Date.now() + later.byMs : later.toMs;
  return {
    verb: `Move the deadline to ${timeText(toMs)} of`,
    work: async (channelId, _summary, { context: { expiresAtMs } }) => {
      if (expiresAtMs >= toMs) return "unchanged";
      await laterDeadline(operator, channelId, { toMs });
      const { outcome } = await submitAsOperator(operator, channelId, extendCommand(toMs, told));
      return outcome === "stored" ? "done" : "unchanged";
    },
  };
}

function extendCommand(expiresAtMs: number, { by, reason }: Pick<ExtendOptions, "by" | "reason">) {
  const told = reason === undefined ? {} : { by, reason };
  return { type: "ExtendDeadline", expiresAtMs, ...told, metadata: operatorMetadata() } as const;
}
