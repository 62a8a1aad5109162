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
  { title: "state", style: stateStyle },
  { title: "after", align: "right", style: (cell) => (cell.startsWith("-") ? "red" : null) },
];
const particulars: readonly Column[] = [{ title: "pending" }, { title: "", style: () => "dim" }];

/** Where the whole table does not fit into `available` characters, particulars go to lines of their own. */
export function timelineTable(
  entries: readonly TimelineEntry[],
  paint: Paint = (_style, text) => text,
  available = Infinity,
): TimelineTable {
  const [first, last] = [entries[0], entries.at(-1)];
  const oneDay = first !== undefined && last !== undefined && dayOf(first.atMs) === dayOf(last.atMs);
  const cells = (entry: TimelineEntry): Row => cellsOf(entry, oneDay ? clockText : timeText);
  const wide = (entry: TimelineEntry): Row => [...cells(entry), pendingText(entry.pending), entry.detail];
  const whole = layTable([...columns, ...particulars], entries.map(wide), paint);
  if (whole.width <= available) return tableOf(whole.head, entries, (entry) => [whole.line(wide(entry))]);
  const narrow = layTable(columns, entries.map(cells), paint);
  return tableOf(narrow.head, entries, (entry) => [narrow.line(cells(entry)), ...particularLines(entry, paint)]);
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
    .map((text) => `    ${paint("dim", text)}`);
}

function cellsOf(entry: TimelineEntry, time: (atMs: number) => string): Row {
  const { atMs, streamVersion, from, what, before, after, sincePreviousMs } = entry;
  return [
    time(atMs),
    String(streamVersion),
    from,
    what,
    before === after ? after : `${before} -> ${after}`,
    entry.elapsedMs === 0 && sincePreviousMs === 0 ? "" : durationText(sincePreviousMs),
  ];
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
