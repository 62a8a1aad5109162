import type { CheckResult, Outcome, ScoreCard } from "@p4/conformance";
import type { Style, Terminal } from "../terminal.ts";

const marks: Readonly<Record<Outcome, { text: string; style: Style }>> = {
  pass: { text: "pass", style: "green" },
  fail: { text: "FAIL", style: "red" },
  skip: { text: "skip", style: "yellow" },
};

/** One line for each check; a second with the reason where it did not pass. */
export function resultLines({ id, title, source, outcome, reason }: CheckResult, terminal: Terminal): string[] {
  const { text, style } = marks[outcome];
  const line = `  ${terminal.style(style, text)}  ${id.padEnd(26)}  ${title}`;
  return reason === null ? [line] : [line, terminal.style("dim", `        ${source}: ${reason}`)];
}

/** The whole card, by group. */
export function scoreLines(card: ScoreCard, terminal: Terminal): string[] {
  const lines = card.results.flatMap((result, index) => {
    const isFirst = card.results[index - 1]?.group !== result.group;
    return [...(isFirst ? [terminal.style("bold", result.group)] : []), ...resultLines(result, terminal)];
  });
  return [...lines, "", scoreLine(card, terminal)];
}

function scoreLine({ passed, failed, skipped, percent, dialect }: ScoreCard, terminal: Terminal): string {
  const score = `${percent} % (${dialect}): ${passed} passed, ${failed} failed, ${skipped} skipped`;
  return terminal.style(failed === 0 ? "green" : "red", score);
}
