import { isEnded, stateName } from "@p4/channel";
import { CliError } from "../cli-error.ts";
import { timeText } from "../human.ts";
import { assertWithinLog } from "../operator/assert-within-log.ts";
import { operatorMetadata, readChannel, submitAsOperator } from "../operator/submit-command.ts";
import { withNode } from "../operator/with-node.ts";
import { examples, type Verb } from "../verb.ts";
import { channelArgument, laterArgument, type Later } from "./arguments.ts";

export const deadlineVerb: Verb = (program, context) => {
  const deadline = program
    .command("deadline")
    .description("deadlines of channels")
    .addHelpText("after", examples(["p4 deadline extend inv123 2h", "two hours more than it has now"]));
  deadline
    .command("extend")
    .argument("<channel>", "the channel's id", channelArgument)
    .argument("<by>", "by a duration (30m, 2h), or to a time", laterArgument)
    .description("give a channel more time before it expires")
    .option("--yes", "do not ask")
    .addHelpText(
      "after",
      examples(
        ["p4 deadline extend inv123 2h", "two hours more than it has now"],
        ["p4 deadline extend inv123 2026-11-24T18:00Z --yes", "to a time, without asking"],
      ) + "\nNot beyond what the log keeps (P4_LOG_RETENTION), counted from the channel's opening.\n",
    )
    .action((channelId: string, later: Later, { yes }: { yes?: boolean }) =>
      withNode(context, async (operator) => {
        const { snapshot } = await readChannel(operator, channelId);
        const fromMs = snapshot.context.expiresAtMs;
        const expiresAtMs = "byMs" in later ? fromMs + later.byMs : later.toMs;
        const [from, to] = [timeText(fromMs), timeText(expiresAtMs)];
        if (expiresAtMs <= fromMs && !isEnded(snapshot)) {
          const nextStep = `Name a later time, or a duration: p4 deadline extend ${channelId} 2h`;
          throw new CliError(
            "failed",
            `${to} is no later than the deadline of ${channelId}, ${from}`,
            nextStep,
            "BAD_DEADLINE",
          );
        }
        await assertWithinLog(operator, snapshot.context, expiresAtMs);
        await context.confirm(
          `Move the deadline of ${channelId} (${stateName(snapshot)}) from ${from} to ${to}?`,
          yes === true,
        );
        const command = { type: "ExtendDeadline", expiresAtMs, metadata: operatorMetadata() } as const;
        const { channel: _channel, ...result } = await submitAsOperator(operator, channelId, command);
        const expiresAt = new Date(expiresAtMs).toISOString();
        context.print({ ...result, expiresAt }, () => `${channelId} expires ${to} (sequence ${result.streamVersion})`);
      }),
    );
};
