import type { PartLine } from "./part-line.ts";

/** A file is exactly this sequence of parts; `repeat` parts may be left out or come more than once. */
const order = [
  { part: "p4e/1", repeat: false },
  { part: "event", repeat: true },
  { part: "block", repeat: true },
  { part: "manifest", repeat: false },
  { part: "signature", repeat: false },
  { part: "countersignature", repeat: true },
  { part: "anchor", repeat: true },
  { part: "end", repeat: false },
] as const;

export type PartName = (typeof order)[number]["part"];

/** Null when the parts are in order; else the first line that is not where it may be. */
export function orderFault(lines: readonly PartLine[]): { readonly line: number; readonly reason: string } | null {
  let at = 0;
  for (const { part, line } of lines) {
    while (order[at]?.repeat === true && order[at]?.part !== part) at++;
    const expected = order[at];
    if (expected?.part !== part) {
      return { line, reason: `here must be ${expected === undefined ? "nothing" : `the part "${expected.part}"`}` };
    }
    if (!expected.repeat) at++;
  }
  return at === order.length
    ? null
    : { line: lines.length, reason: `the part "${order[at]?.part}" is missing after it` };
}

/** A part's name for people: events are called by their version, other repeated parts by their number. */
export function partLabel({ part, content }: Pick<PartLine, "part" | "content">, numberOfKind: number): string {
  switch (part) {
    case "p4e/1":
      return "header";
    case "event":
      return `event ${content.slice(0, content.indexOf(" "))}`;
    case "block":
    case "countersignature":
    case "anchor":
      return `${part} ${numberOfKind}`;
    default:
      return part;
  }
}
