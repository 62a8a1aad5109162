import { checkTitles, type CheckStatus, type EvidenceReport } from "@p4/evidence";
import { sizeText, timeText } from "../human.ts";
import type { Style, Terminal } from "../terminal.ts";
import { wrapText } from "./wrap-text.ts";

const words: Record<CheckStatus, readonly [word: string, style: Style]> = {
  ok: ["proved", "green"],
  failed: ["FAILED", "red"],
  "not-proved": ["not proved", "yellow"],
};

const titleWidth = Math.max(...Object.values(checkTitles).map((title) => title.length));
const indent = " ".repeat(12 + titleWidth + 2);
const minimumWidth = 40;

/** What an evidence file proves and what not, for a terminal. A pipe gets one line a check. */
export function reportLines(
  { checks, ...report }: EvidenceReport,
  { style, columns = Infinity }: Pick<Terminal, "style" | "columns">,
): string[] {
  const width = Math.max(minimumWidth, columns - indent.length);
  const lines = checks.flatMap(({ code, status, statement, line, part }) => {
    const [word, colour] = words[status];
    const place = line === null || status === "ok" ? "" : ` (line ${line}${part === null ? "" : `, ${part}`})`;
    const [first = "", ...rest] = wrapText(statement + place, width);
    const head = `${style(colour, word.padEnd(10))}  ${style("dim", checkTitles[code].padEnd(titleWidth))}  ${first}`;
    return [head, ...rest.map((text) => indent + text)];
  });
  return [...lines, "", ...verdictLines({ checks, ...report }, style)];
}

function verdictLines({ ok, checks, file, fileSha256 }: EvidenceReport, style: Terminal["style"]): string[] {
  const count = (wanted: CheckStatus): number => checks.filter(({ status }) => status === wanted).length;
  const verdict = ok
    ? `${style("green", "This evidence holds.")} ${count("not-proved")} things are not proved: read them above.`
    : `${style("red", "This evidence does not hold.")} ${count("failed")} of ${checks.length} checks failed.`;
  return [verdict, ...(file === null ? [] : [headLine(file)]), `sha256 of the file ${fileSha256}`];
}

function headLine({ manifest }: NonNullable<EvidenceReport["file"]>): string {
  const { head, eventCount, state } = manifest.value;
  return `channel ${head.channelId}: ${eventCount} events, ${state}; head ${head.headHash} at sequence ${head.streamVersion}`;
}

/** What the file states about itself. */
export function factLines(file: NonNullable<EvidenceReport["file"]>): string[] {
  const { exportedAtMs, durability, region, shard, machineVersion, softwareVersion, operatorKey } = file.header.value;
  return [
    headLine(file),
    `exported ${timeText(exportedAtMs)} by ${softwareVersion}, machine ${machineVersion}; region ${region}, shard ${shard}`,
    `durability ${durability}; signed by ${operatorKey}`,
    `${file.blocks.length} block headers, ${file.countersignatures.length} countersignatures, ${file.anchors.length} anchors`,
  ];
}

export function fileLine(path: string, text: string | Uint8Array): string {
  return `${path}  ${sizeText(Buffer.byteLength(text))}`;
}
