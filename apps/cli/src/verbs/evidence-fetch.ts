import { openArchive } from "@p4/operator";
import { confirmReplacing, writeOutputFile } from "../evidence/input-output.ts";
import { fileLine } from "../evidence/report-lines.ts";
import { CliError } from "../cli-error.ts";
import { timeText } from "../human.ts";
import { withNode, type Operator } from "../operator/with-node.ts";
import { examples, type Verb, type VerbContext } from "../verb.ts";
import { channelArgument } from "./arguments.ts";

interface FetchOptions {
  readonly output?: string;
  readonly yes?: boolean;
}

export const addEvidenceFetch: Verb = (evidence, context) => {
  evidence
    .command("fetch")
    .argument("<channel>", "the channel's id", channelArgument)
    .description("get a channel's evidence file out of the archive, also when the log no longer has the channel")
    .option("-o, --output <file>", "where to; <channel>.p4e")
    .option("--yes", "replace a file that exists without asking")
    .addHelpText("after", examples(["p4 evidence fetch inv123", "writes inv123.p4e, as it was archived"]))
    .action((channelId: string, options: FetchOptions) =>
      withNode(context, (operator) => fetchEvidence(context, operator, channelId, options)),
    );
};

async function fetchEvidence(
  context: VerbContext,
  operator: Operator,
  channelId: string,
  { output = `${channelId}.p4e`, yes = false }: FetchOptions,
): Promise<void> {
  const archive = openArchive(operator);
  const record = await archive.record(channelId);
  if (record === null) {
    const nextStep = "`p4 archive list` shows what is there; `p4 evidence export` makes a file from the log.";
    throw new CliError("failed", `channel ${channelId} is not in the archive`, nextStep, "NOT_ARCHIVED");
  }
  const bytes = await archive.get(record);
  await confirmReplacing(context, [output], yes);
  await writeOutputFile(output, bytes);
  context.print({ file: output, ...record }, () => [
    `channel ${channelId}: ${record.state}, archived ${timeText(record.archivedAtMs)}`,
    `sha256 of the file ${record.sha256}`,
    fileLine(output, bytes),
  ]);
}
