import { copyClassText } from "../copy-classes.ts";
import type { EvidenceFile } from "../evidence-file.ts";
import type { EvidenceReport } from "../report.ts";
import { codeText, escapeHtml, foreignText } from "./escape.ts";
import { timeElement } from "./time.ts";

/** The file in a few rows. */
export function factsSection(file: EvidenceFile, { fileSha256, timeline }: EvidenceReport): string {
  const header = file.header.value;
  const { head, eventCount, state } = file.manifest.value;
  const first = timeline[0];
  const last = timeline.at(-1);
  const copyClasses = copyClassText(timeline);
  const rows: readonly (readonly [string, string])[] = [
    ["Channel", codeText(header.channelId)],
    ["State", `<span class="state">${escapeHtml(state)}</span>`],
    ...(first === undefined || last === undefined
      ? []
      : ([
          ["From", timeElement(first.atMs)],
          ["To", timeElement(last.atMs)],
        ] as const)),
    ["Events", String(eventCount)],
    ["Exported", timeElement(header.exportedAtMs)],
    ["Key that signed", codeText(header.operatorKey)],
    ["Head of the chain", `event ${head.streamVersion}, ${codeText(head.headHash)}`],
    ["Durability class", escapeHtml(header.durability)],
    ...(copyClasses === null ? [] : ([["Copies at other sites", escapeHtml(copyClasses)]] as const)),
    ["Region and shard", `${escapeHtml(header.region)}, ${header.shard}`],
    ["Software", `${foreignText(header.softwareVersion)}, machine ${foreignText(header.machineVersion)}`],
    ["This file's SHA-256", codeText(fileSha256)],
  ];
  const items = rows.map(([name, value]) => `<div><dt>${name}</dt><dd>${value}</dd></div>`).join("\n");
  return `<section aria-labelledby="facts">\n<h2 id="facts">The file</h2>\n<dl>\n${items}\n</dl>\n</section>`;
}
