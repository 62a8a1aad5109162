import type { PendingKeys, TimelineEntry } from "@p4/channel";
import { clockText, durationText, timeText } from "./human.ts";
import { layTable, type Column, type Row, type TableLayout } from "./table.ts";
import type { Style } from "./terminal.ts";

type Paint = (style: Style, text: string) => string;

/** A channel's timeline for a terminal. Rows that come later may be added with the same layout. */
export interface TimelineTable {
  readonly lines: readonly string[];
  line(entry: TimelineEntry): string;
}

const columns: readonly Column[] = [
  { title: "time (UTC)" },
  { title: "sequence", align: "right" },
  { title: "from" },
  { title: "message", style: () => "cyan" },
  { title: "state", style: stateStyle },
  { title: "after", align: "right", style: (cell) => (cell.startsWith("-") ? "red" : null) },
  { title: "pending" },
  { title: "", style: () => "dim" },
];

export function timelineTable(entries: readonly TimelineEntry[], paint: Paint = (_style, text) => text): TimelineTable {
  const [first, last] = [entries[0], entries.at(-1)];
  const oneDay = first !== undefined && last !== undefined && dayOf(first.atMs) === dayOf(last.atMs);
  const row = (entry: TimelineEntry): Row => rowOf(entry, oneDay ? clockText : timeText);
  const layout: TableLayout = layTable(columns, entries.map(row), paint);
  const line = (entry: TimelineEntry): string => layout.line(row(entry));
  return { lines: [layout.head, ...entries.map(line)], line };
}

function rowOf(entry: TimelineEntry, time: (atMs: number) => string): Row {
  const { atMs, streamVersion, from, what, before, after, sincePreviousMs, pending, detail } = entry;
  return [
    time(atMs),
    String(streamVersion),
    from,
    what,
    before === after ? after : `${before} -> ${after}`,
    entry.elapsedMs === 0 && sincePreviousMs === 0 ? "" : durationText(sincePreviousMs),
    pendingText(pending),
    detail,
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
