import { visibleText } from "@p4/protocol";
import type { PendingKeys, TimelineEntry } from "@p4/channel";
import { clockText, durationText, timeText } from "./human.ts";
import { layTable, type Column, type Row } from "./table.ts";
import type { Style } from "./terminal.ts";

type Paint = (style: Style, text: string) => string;

/** A channel's timeline for a terminal. Entries that come later may be added with the same layout. */
export interface TimelineTable {
  readonly lines: readonly string[];
  linesOf(entry: TimelineEntry): readonly string[];
}

const columns: readonly Column[] = [
  { title: "time (UTC)" },
  { title: "sequence", align: "right" },
  { title: "from" },
  { title: "message", style: () => "cyan" },
];
const step: readonly Column[] = [
  { title: "state", style: stateStyle },
  { title: "after", align: "right", style: (cell) => (cell.startsWith("-") ? "red" : null) },
];
const particulars: readonly Column[] = [{ title: "pending" }, { title: "", style: () => "dim" }];

/**
 * Where the whole table does not fit into `available` characters, particulars go to lines of their own; where it still
 * does not fit, the step of the state does so too.
 */
export function timelineTable(
  entries: readonly TimelineEntry[],
  paint: Paint = (_style, text) => text,
  available = Infinity,
): TimelineTable {
  const [first, last] = [entries[0], entries.at(-1)];
  const oneDay = first !== undefined && last !== undefined && dayOf(first.atMs) === dayOf(last.atMs);
  const time = oneDay ? clockText : timeText;
  const cells = (entry: TimelineEntry): Row => [...cellsOf(entry, time), ...stepOf(entry)];
  const wide = (entry: TimelineEntry): Row => [...cells(entry), pendingText(entry.pending), entry.detail];
  const whole = layTable([...columns, ...step, ...particulars], entries.map(wide), paint);
  if (whole.width <= available) return tableOf(whole.head, entries, (entry) => [whole.line(wide(entry))]);
  const below = (entry: TimelineEntry): string[] => particularLines(entry, paint);
  const narrow = layTable([...columns, ...step], entries.map(cells), paint);
  if (narrow.width <= available) {
    return tableOf(narrow.head, entries, (entry) => [narrow.line(cells(entry)), ...below(entry)]);
  }
  const short = (entry: TimelineEntry): Row => cellsOf(entry, time);
  const narrowest = layTable(columns, entries.map(short), paint);
  return tableOf(narrowest.head, entries, (entry) => [
    narrowest.line(short(entry)),
    `    ${stepLine(stepOf(entry), paint)}`,
    ...below(entry),
  ]);
}

function tableOf(
  head: string,
  entries: readonly TimelineEntry[],
  linesOf: (entry: TimelineEntry) => readonly string[],
): TimelineTable {
  return { lines: [head, ...entries.flatMap(linesOf)], linesOf };
}

function particularLines({ detail, pending }: TimelineEntry, paint: Paint): string[] {
  const waiting = pendingText(pending);
  return [detail, waiting === "" ? "" : `pending for ${waiting}`]
    .filter((text) => text !== "")
    .map((text) => `    ${paint("dim", visibleText(text))}`);
}

function cellsOf({ atMs, streamVersion, from, what }: TimelineEntry, time: (atMs: number) => string): Row {
  return [time(atMs), String(streamVersion), from, what];
}

function stepOf({ before, after, elapsedMs, sincePreviousMs }: TimelineEntry): readonly [state: string, after: string] {
  return [
    before === after ? after : `${before} -> ${after}`,
    elapsedMs === 0 && sincePreviousMs === 0 ? "" : durationText(sincePreviousMs),
  ];
}

function stepLine([state, after]: readonly [state: string, after: string], paint: Paint): string {
  const style = stateStyle(state);
  return (style === null ? state : paint(style, state)) + (after === "" ? "" : `, after ${after}`);
}

/** `merchant: payment; customer: payment.ack` */
export function pendingText({ merchant, customer }: PendingKeys): string {
  const parts = [
    ["merchant", merchant],
    ["customer", customer],
  ] as const;
  return parts
    .filter(([, keys]) => keys.length > 0)
    .map(([role, keys]) => `${role}: ${keys.join(", ")}`)
    .join("; ");
}

const dayOf = (atMs: number): number => Math.floor(atMs / 86_400_000);

/** By the state that is reached, which the cell ends with. */
function stateStyle(cell: string): Style | null {
  const state = cell.slice(cell.lastIndexOf(" ") + 1);
  if (state === "settled") return "green";
  return state === "expired" || state === "closed" ? "dim" : "yellow";
}
