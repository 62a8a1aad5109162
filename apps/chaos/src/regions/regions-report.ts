import type { DrillReport } from "./run-drill.ts";
import type { RegionsReport } from "./moves.ts";

const titles = { switch: "planned move", failover: "site killed" } as const;
const shownFaults = 5;

export const isRegionsClean = ({ drills }: RegionsReport): boolean => drills.every(({ isClean }) => isClean);

export function regionsText(report: RegionsReport): string {
  const { rate, seconds, delayMs, class: promised } = report;
  return [
    `two sites ${String(2 * delayMs)} ms apart (there and back), class ${promised}, ${String(rate)} payments a second for ${String(seconds)} s each`,
    ...report.drills.flatMap(drillLines),
  ].join("\n");
}

function drillLines(drill: DrillReport): string[] {
  const first = drill.firstAppendMs === null ? "none" : `${String(drill.firstAppendMs)} ms`;
  const behind = drill.drill === "switch" ? "the move" : "the command";
  const faults = drill.unexplained.slice(0, shownFaults).map((fault) => {
    const code = "code" in fault ? fault.code : "UNFINISHED";
    return `    ${code} ${fault.channelId}: ${fault.detail}`;
  });
  const more = drill.unexplained.length - faults.length;
  return [
    "",
    `${titles[drill.drill]}, from ${drill.from} to ${drill.to}`,
    row("payments", String(drill.payments)),
    row("lost of what was acknowledged", String(drill.lost)),
    row("stored twice", String(drill.storedTwice)),
    row("events that only the old home had", String(drill.onlyAtOldHome)),
    row("age of the copy at the command", `${String(Math.round(drill.copyAgeMs))} ms`),
    row("the new home is known after", `${String(drill.movedMs)} ms`),
    row(`first append after ${behind}`, first),
    row("longest time without an append", `${String(drill.longestWithoutAppendMs)} ms`),
    row("longest wait of a wallet", `${String(drill.longestWaitMs)} ms`),
    row("faults that no tail explains", String(drill.unexplained.length)),
    ...faults,
    ...(more > 0 ? [`    and ${String(more)} more`] : []),
  ];
}

const row = (what: string, value: string): string => `  ${what.padEnd(36)}${value}`;
