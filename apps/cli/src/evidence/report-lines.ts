import { checkTitles, copyClassText, type CheckStatus, type EvidenceReport, type EvidenceVerdict } from "@p4/evidence";
import { counted, sizeText, timeText } from "../human.ts";
import type { Style, Terminal } from "../terminal.ts";
import type { VerbContext } from "../verb.ts";
import { wrapText } from "./wrap-text.ts";

const words: Record<CheckStatus, readonly [word: string, style: Style]> = {
  ok: ["proved", "green"],
  failed: ["FAILED", "red"],
  "not-proved": ["not proved", "yellow"],
};

const titleWidth = Math.max(...Object.values(checkTitles).map((title) => title.length));
const wordWidth = 12;
const besideWidth = wordWidth + titleWidth + 2;
/** Below this, statements with their long hashes are set under their titles instead of beside them. */
const statementWidth = 90;
const minimumWidth = 40;
/** A file that is something else fails in each of its lines: people need not read all of them. */
const maxFailures = 20;

/** What an evidence file proves and what not, for a terminal. A pipe gets one line a check. */
export function reportLines(
  { checks, ...report }: EvidenceReport,
  { style, columns = Infinity }: Pick<Terminal, "style" | "columns">,
): string[] {
  const isBeside = columns >= besideWidth + statementWidth;
  const left = isBeside ? besideWidth : wordWidth;
  const indent = " ".repeat(left);
  const failures = checks.filter(({ status }) => status === "failed");
  const hidden = new Set(failures.slice(maxFailures));
  const more = hidden.size === 0 ? [] : [`and ${hidden.size} more that FAILED; --json has them all`];
  const shown = checks.filter((check) => !hidden.has(check));
  const lines = shown.flatMap(({ code, status, statement, line, part }) => {
    const [word, colour] = words[status];
    const place = line === null || status === "ok" ? "" : ` (line ${line}${part === null ? "" : `, ${part}`})`;
    const [first = "", ...rest] = wrapText(statement + place, Math.max(minimumWidth, columns - left));
    const title = isBeside ? checkTitles[code].padEnd(titleWidth + 2) : checkTitles[code];
    const head = style(colour, word.padEnd(wordWidth)) + style("dim", title);
    return [...(isBeside ? [head + first] : [head, indent + first]), ...rest.map((text) => indent + text)];
  });
  const { file, fileSha256 } = report;
  const facts = [...(file === null ? [] : headLines(file)), `sha256 of the file ${fileSha256}`];
  return [...lines, ...more, "", ...verdictLines({ checks, ...report }, style), ...facts];
}

/** The exit code that goes with the verdict. */
export function failFor(context: Pick<VerbContext, "fail">, verdict: EvidenceVerdict): void {
  if (verdict === "unknown-key") context.fail("unknownKey");
  if (verdict === "fails") context.fail();
}

/** What to do about a signature whose key is not known, for people. */
export const unknownKeyStep =
  "Compare it with the operator's key as you know it from elsewhere, then: --trusted-key <key>, or the file operator-keys.";

/** What it comes to, and what to do about it. */
export function verdictLines({ verdict, checks, file }: EvidenceReport, style: Terminal["style"]): readonly string[] {
  const count = (wanted: CheckStatus): number => checks.filter(({ status }) => status === wanted).length;
  const key = file?.signature.value.publicKey ?? "";
  const words: Record<EvidenceVerdict, readonly string[]> = {
    holds: [
      `${style("green", "This evidence holds.")} Not proved: ${counted(count("not-proved"), "thing")}, named above.`,
    ],
    "unknown-key": [
      `${style("yellow", "A key signed this. Whose it is, is not known here:")} ${key}`,
      "Nothing is wrong with the file, but any key can sign any history: it holds only if that is the operator's key.",
      unknownKeyStep,
    ],
    fails: [
      `${style("red", "This evidence does not hold.")} ${count("failed")} of ${counted(checks.length, "check")} failed.`,
    ],
  };
  return words[verdict];
}

function headLines({ manifest }: NonNullable<EvidenceReport["file"]>): string[] {
  const { head, eventCount, state } = manifest.value;
  return [
    `channel ${head.channelId}: ${counted(eventCount, "event")}, ${state}`,
    `head ${head.headHash} at sequence ${head.streamVersion}`,
  ];
}

/** What the file states about itself. */
export function factLines(file: NonNullable<EvidenceReport["file"]>, timeline: EvidenceReport["timeline"]): string[] {
  const copies = copyClassText(timeline);
  const { exportedAtMs, durability, region, shard, machineVersion, softwareVersion, operatorKey } = file.header.value;
  return [
    ...headLines(file),
    `exported ${timeText(exportedAtMs)} by ${softwareVersion}, machine ${machineVersion}; region ${region}, shard ${shard}`,
    `durability ${durability}; ${copies === null ? "" : `copies ${copies}; `}signed by ${operatorKey}`,
    [
      counted(file.blocks.length, "block header"),
      counted(file.countersignatures.length, "countersignature"),
      counted(file.anchors.length, "anchor"),
    ].join(", "),
  ];
}

export function fileLine(path: string, text: string | Uint8Array): string {
  return `${path}  ${sizeText(Buffer.byteLength(text))}`;
}
