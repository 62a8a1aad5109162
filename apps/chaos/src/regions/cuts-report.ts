import type { CutReport, CutsReport } from "./cuts.ts";

/** An ordinary mirror takes 20 s and more. */
export const goesOnWithinMs = 3_000;

/** Whether the copy went on in time, and got all that the home had. */
const isKept = ({ goesOnMs, completeMs }: CutReport): boolean =>
  goesOnMs !== null && goesOnMs <= goesOnWithinMs && completeMs !== null;

export const areCutsKept = ({ cuts }: CutsReport): boolean => cuts.every(isKept);

export function cutsText(report: CutsReport): string {
  const { rate, delayMs, cuts } = report;
  const distance = `two sites ${String(2 * delayMs)} ms apart (there and back)`;
  return [`${distance}, ${String(rate)} events a second at the home`, ...cuts.flatMap(cutLines)].join("\n");
}

function cutLines(cut: CutReport): string[] {
  const { cutMs, copyAgeMs, behind, goesOnMs, completeMs, leftOut } = cut;
  return [
    "",
    `the link cut for ${seconds(cutMs)}`,
    row("age of the copy at the heal", seconds(copyAgeMs)),
    row("events that it lacked", String(behind)),
    row("it goes on after", `${after(goesOnMs)} (at most ${seconds(goesOnWithinMs)})`),
    row("it has all of before after", after(completeMs)),
    row("events that it has left out", String(leftOut)),
    isKept(cut) ? "  kept" : "  NOT kept",
  ];
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
const after = (ms: number | null): string => (ms === null ? "not within two minutes" : seconds(ms));
const row = (what: string, value: string): string => `  ${what.padEnd(36)}${value}`;
