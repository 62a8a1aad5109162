import type { Timeline } from "@p4/channel";

/** A channel's timeline for a terminal. */
export function timelineTable({ entries }: Timeline): string {
  const rows = entries.map((entry) => [
    `${String(entry.elapsedMs)} ms`,
    String(entry.streamVersion),
    entry.from,
    entry.what,
    entry.before === entry.after ? entry.after : `${entry.before} -> ${entry.after}`,
    entry.detail,
  ]);
  return table(["after", "sequence", "from", "message", "state", ""], rows);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? "").length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (column < 2 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join("  ")
      .trimEnd();
  return [line(head), ...rows.map(line)].join("\n");
}
