import { copyClassText, verifyEvidence, type EvidenceFile } from "@p4/evidence";
import type { TimelineEntry } from "@p4/channel";
import { nodeCrypto } from "@p4/node-crypto";
import { readInputFile } from "../evidence/input-output.ts";
import { publicKeyArgument, trustedKeyHelp } from "../evidence/key-arguments.ts";
import { knownOperatorKeys } from "../evidence/key-file.ts";
import { factLines, failFor, reportLines, verdictLines } from "../evidence/report-lines.ts";
import { timelineEntryView } from "../timeline-entry.ts";
import { timelineTable } from "../timeline-lines.ts";
import { examples, type Verb, type VerbContext } from "../verb.ts";

export const addEvidenceShow: Verb = (evidence, context) => {
  evidence
    .command("show")
    .argument("<file>", "an evidence file")
    .description("the timeline out of an evidence file in which nothing is wrong; no broker, no network")
    .option("--trusted-key <hex>", trustedKeyHelp, publicKeyArgument)
    .addHelpText("after", examples(["p4 evidence show inv123.p4e", "as p4 replay shows a channel of the log"]))
    .action((path: string, { trustedKey }: ShowOptions) => show(context, path, trustedKey));
};

interface ShowOptions {
  readonly trustedKey?: readonly string[];
}

/** Only of a file in which nothing is wrong: a timeline out of a changed one would look as good as a right one. */
async function show(context: VerbContext, path: string, trustedKeys: readonly string[] = []): Promise<void> {
  const bytes = await readInputFile(path, "evidence file");
  const knownKeys = await knownOperatorKeys(context);
  const report = verifyEvidence(bytes, { crypto: nodeCrypto, trustedKeys, knownKeys });
  const { verdict, file, timeline, checks, fileSha256 } = report;
  const ok = verdict === "holds";
  failFor(context, verdict);
  if (verdict === "fails" || file === null) {
    context.print({ file: path, ok, verdict, fileSha256, checks }, () => reportLines(report, context.terminal));
    return;
  }
  const { style, columns } = context.terminal;
  context.print({ file: path, ok, verdict, fileSha256, ...view(file, timeline) }, () => [
    ...timelineTable(timeline, style, columns).lines,
    "",
    ...(ok ? [] : [...verdictLines(report, style), ""]),
    ...factLines(file, timeline),
  ]);
}

function view({ header, manifest }: EvidenceFile, timeline: readonly TimelineEntry[]) {
  return {
    ...header.value,
    state: manifest.value.state,
    ...manifest.value.head,
    copies: copyClassText(timeline),
    entries: timeline.map(timelineEntryView),
  };
}
