import { openArchive, type ArchiveRecord } from "@p4/operator";
import { countText, counted, sizeText, timeText } from "../human.ts";
import { withNode, type Operator } from "../operator/with-node.ts";
import { CliError } from "../cli-error.ts";
import { examples, type Verb, type VerbContext } from "../verb.ts";
import { pastArgument } from "./arguments.ts";

interface PruneOptions {
  readonly archivedBefore: number;
  readonly yes?: boolean;
}

export const addArchivePrune: Verb = (archive, context) => {
  archive
    .command("prune")
    .description("delete evidence files from the broker's archive; channels on hold stay")
    .requiredOption("--archived-before <time>", "archived before: 3650d ago, or a time", pastArgument)
    .option("--yes", "do not ask")
    .addHelpText("after", examples(["p4 archive prune --archived-before 3650d", "asks first"]))
    .action((options: PruneOptions) => withNode(context, (operator) => prune(context, operator, options)));
};

async function prune(
  context: VerbContext,
  operator: Operator,
  { archivedBefore, yes = false }: PruneOptions,
): Promise<void> {
  const archive = openArchive(operator);
  const old: ArchiveRecord[] = [];
  for await (const record of archive.all()) if (record.archivedAtMs < archivedBefore) old.push(record);
  if (old.length > 0) {
    const question = `Delete ${counted(old.length, "evidence file")} archived before ${timeText(archivedBefore)}?`;
    await context.confirm(`${question} Those on hold stay. This cannot be undone.`, yes);
  }
  let [deleted, held, renewed, bytes] = [0, 0, 0, 0];
  for (const record of old) {
    if (context.signal.aborted) throw new CliError("failed", `interrupted after ${counted(deleted, "deletion")}`);
    const became = await archive.remove(record);
    if (became === "held") held++;
    else if (became === "renewed") renewed++;
    else {
      deleted++;
      bytes += record.bytes;
    }
  }
  context.print({ deleted, bytes, held, renewed }, () => [
    `${counted(deleted, "evidence file")} (${sizeText(bytes)}) deleted; kept on hold: ${countText(held)}`,
    ...(renewed === 0 ? [] : [`archived again since, and kept: ${countText(renewed)}`]),
  ]);
}
