import { stateName } from "@p4/channel";
import { laterDeadline, operatorMetadata, submitAsOperator, type Later } from "@p4/operator";
import { timeText } from "../human.ts";
import { withNode } from "../operator/with-node.ts";
import { examples, type Verb } from "../verb.ts";
import { channelArgument, laterArgument } from "./arguments.ts";

interface ExtendOptions {
  readonly reason?: string;
  readonly by: string;
  readonly yes?: boolean;
}

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
    .option("--reason <text>", "why; it is kept in the log")
    .option("--by <name>", "who; kept in the log with the reason", "operator")
    .option("--yes", "do not ask")
    .addHelpText(
      "after",
      examples(
        ["p4 deadline extend inv123 2h", "two hours more than it has now"],
        ["p4 deadline extend inv123 2026-11-24T18:00Z --yes", "to a time, without asking"],
      ) + "\nNot beyond what the log keeps (P4_LOG_RETENTION), counted from the channel's opening.\n",
    )
    .action((channelId: string, later: Later, { yes, reason, by }: ExtendOptions) =>
      withNode(context, async (operator) => {
        const { snapshot, fromMs, toMs: expiresAtMs } = await laterDeadline(operator, channelId, later);
        const [from, to] = [timeText(fromMs), timeText(expiresAtMs)];
        await context.confirm(
          `Move the deadline of ${channelId} (${stateName(snapshot)}) from ${from} to ${to}?`,
          yes === true,
        );
        const told = reason === undefined ? {} : { by, reason };
        const command = { type: "ExtendDeadline", expiresAtMs, ...told, metadata: operatorMetadata() } as const;
        const { channel: _channel, ...result } = await submitAsOperator(operator, channelId, command);
        const expiresAt = new Date(expiresAtMs).toISOString();
        context.print({ ...result, expiresAt }, () => `${channelId} expires ${to} (sequence ${result.streamVersion})`);
      }),
    );
};
