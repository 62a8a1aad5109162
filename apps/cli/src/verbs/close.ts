import { stateName } from "@p4/channel";
import { closeWarning, operatorMetadata, readChannel, submitAsOperator } from "@p4/operator";
import { runBulk, type BulkWork } from "../bulk/run-bulk.ts";
import { bulkHelp, isBulk, selectionOptions, type BulkOptions } from "../bulk/selection.ts";
import { withNode, type Operator } from "../operator/with-node.ts";
import { examples, type Verb, type VerbContext } from "../verb.ts";
import { channelArgument } from "./arguments.ts";

interface CloseOptions extends BulkOptions {
  readonly reason: string;
  readonly by: string;
}

export const closeVerb: Verb = (verb, context) => {
  selectionOptions(verb)
    .argument("[channel]", "the channel's id", channelArgument)
    .requiredOption("--reason <text>", "why; it is kept in the log")
    .option("--by <name>", "who; kept in the log", "operator")
    .option("--yes", "do not ask")
    .addHelpText(
      "after",
      examples(
        ["p4 close inv123 --reason 'paid elsewhere'", "asks first"],
        ["p4 close --state awaitingPayment --until 7d --reason stale --dry-run", "which ones would be closed"],
        ["p4 close --state awaitingPayment --until 7d --reason stale", "all of them; asks once"],
      ) + bulkHelp,
    )
    .action((channelId: string | undefined, options: CloseOptions) => {
      const many = isBulk(options, channelId);
      return withNode(context, (operator) =>
        many || channelId === undefined
          ? runBulk(context, operator, options, closing(operator, options))
          : closeOne(context, operator, channelId, options),
      );
    });
};

async function closeOne(
  context: VerbContext,
  operator: Operator,
  channelId: string,
  { yes, ...options }: CloseOptions,
): Promise<void> {
  const { snapshot } = await readChannel(operator, channelId);
  const warning = closeWarning(snapshot);
  if (warning !== null) context.terminal.err(`careful: ${warning}`);
  await context.confirm(`Close ${channelId} (${stateName(snapshot)}) for good?`, yes === true);
  const { channel: _channel, ...result } = await submitAsOperator(operator, channelId, closeCommand(options));
  context.print(result, () =>
    result.outcome === "stored"
      ? `${channelId} is closed (sequence ${result.streamVersion})`
      : `${channelId} was ${result.state} already`,
  );
}

function closing(operator: Operator, options: CloseOptions): BulkWork {
  return {
    verb: "Close for good",
    warning: closeWarning,
    work: async (channelId) => {
      const { outcome } = await submitAsOperator(operator, channelId, closeCommand(options));
      return outcome === "stored" ? "done" : "unchanged";
    },
  };
}

function closeCommand({ by, reason }: Pick<CloseOptions, "by" | "reason">) {
  return { type: "CloseChannel", by, reason, metadata: operatorMetadata() } as const;
}
