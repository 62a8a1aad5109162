import { verifyEvidence, type EvidenceFile } from "@p4/evidence";
import type { TimelineEntry } from "@p4/channel";
import { nodeCrypto } from "@p4/node-crypto";
import { readInputFile } from "../evidence/input-output.ts";
import { factLines, reportLines } from "../evidence/report-lines.ts";
import { timelineTable } from "../timeline-lines.ts";
import { examples, type Verb, type VerbContext } from "../verb.ts";

export const addEvidenceShow: Verb = (evidence, context) => {
  evidence
    .command("show")
    .argument("<file>", "an evidence file")
    .description("the timeline out of an evidence file, if the file holds; no broker, no network")
    .addHelpText("after", examples(["p4 evidence show inv123.p4e", "as p4 replay shows a channel of the log"]))
    .action((path: string) => show(context, path));
};

/** Only of a file that holds: a timeline out of a changed one would look as good as a right one. */
async function show(context: VerbContext, path: string): Promise<void> {
  const report = verifyEvidence(await readInputFile(path, "evidence file"), { crypto: nodeCrypto });
  const { ok, file, timeline, checks, fileSha256 } = report;
  if (!ok || file === null) {
    context.print({ file: path, ok, fileSha256, checks }, () => reportLines(report, context.terminal));
    context.fail();
    return;
  }
  const { style, columns } = context.terminal;
  context.print({ file: path, ok, fileSha256, ...view(file, timeline) }, () => [
    ...timelineTable(timeline, style, columns).lines,
    "",
    ...factLines(file),
  ]);
}

function view({ header, manifest }: EvidenceFile, timeline: readonly TimelineEntry[]) {
  const entries = timeline.map(({ event, atMs, ...entry }) => ({
    ...entry,
    at: new Date(atMs).toISOString(),
    type: event.type,
    eventId: event.metadata.eventId,
  }));
  return { ...header.value, state: manifest.value.state, ...manifest.value.head, entries };
}
