import { stateName } from "@p4/channel";
import { closeWarning, operatorMetadata, readChannel, submitAsOperator } from "@p4/operator";
import { withNode } from "../operator/with-node.ts";
import { examples, type Verb } from "../verb.ts";
import { channelArgument } from "./arguments.ts";

interface CloseOptions {
  readonly reason: string;
  readonly by: string;
  readonly yes?: boolean;
}

export const closeVerb: Verb = (program, context) => {
  program
    .command("close")
    .argument("<channel>", "the channel's id", channelArgument)
    .description("end a channel for good: it takes no more messages, and its sockets are closed")
    .requiredOption("--reason <text>", "why; it is kept in the log")
    .option("--by <name>", "who; kept in the log", "operator")
    .option("--yes", "do not ask")
    .addHelpText("after", examples(["p4 close inv123 --reason 'paid elsewhere'", "asks first"]))
    .action((channelId: string, { reason, by, yes }: CloseOptions) =>
      withNode(context, async (operator) => {
        const { snapshot } = await readChannel(operator, channelId);
        const warning = closeWarning(snapshot);
        if (warning !== null) context.terminal.err(`careful: ${warning}`);
        await context.confirm(`Close ${channelId} (${stateName(snapshot)}) for good?`, yes === true);
        const command = { type: "CloseChannel", by, reason, metadata: operatorMetadata() } as const;
        const { channel: _channel, ...result } = await submitAsOperator(operator, channelId, command);
        context.print(result, () =>
          result.outcome === "stored"
            ? `${channelId} is closed (sequence ${result.streamVersion})`
            : `${channelId} was ${result.state} already`,
        );
      }),
    );
};
