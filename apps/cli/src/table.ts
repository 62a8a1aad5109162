import { visibleText } from "@p4/protocol";
import type { Style } from "./terminal.ts";

export interface Column {
  readonly title: string;
  readonly align?: "left" | "right";
  /** Colour of a cell, by its text. */
  readonly style?: (cell: string) => Style | null;
  /** In a narrow terminal columns with this give way, that with the lowest number first. */
  readonly givesWay?: number;
}

export type Row = readonly string[];

/**
 * A table whose widths are set once, so that rows that come later still line up with those above. Peers wrote some of its
 * cells: each is shown, and measured, by `visibleText`.
 */
export interface TableLayout {
  readonly head: string;
  /** Of the longest of the rows that it was laid for. */
  readonly width: number;
  line(row: Row): string;
}

type Paint = (style: Style, text: string) => string;

export function layTable(columns: readonly Column[], rows: readonly Row[], paint: Paint): TableLayout {
  const widthOf = (i: number): number[] => rows.map((row) => visibleText(row[i] ?? "").length);
  const widths = columns.map(({ title }, i) => Math.max(title.length, ...widthOf(i)));
  const padded = (cell: string, i: number): string =>
    columns[i]?.align === "right" ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0);
  return {
    width: widths.reduce((sum, width) => sum + width + 2, -2),
    head: paint(
      "dim",
      columns
        .map(({ title }, i) => padded(title, i))
        .join("  ")
        .trimEnd(),
    ),
    line(row) {
      const last = row.findLastIndex((cell) => cell !== "");
      const cells = row.slice(0, last + 1).map((given, i) => {
        const cell = visibleText(given);
        const style = columns[i]?.style?.(cell) ?? null;
        const text = i === last && columns[i]?.align !== "right" ? cell : padded(cell, i);
        return style === null ? text : paint(style, text);
      });
      return cells.join("  ");
    },
  };
}

/**
 * The whole table, head first. Where it is wider than `available` characters, columns give way until it fits; a last line
 * names them, so that what is shown is not taken for everything.
 */
export function tableLines(
  columns: readonly Column[],
  rows: readonly Row[],
  paint: Paint,
  available = Infinity,
): string[] {
  const omitted: string[] = [];
  let [shown, cells] = [columns, rows];
  let layout = layTable(shown, cells, paint);
  while (layout.width > available) {
    const next = indexOfNextToGo(shown);
    if (next === -1) break;
    omitted.push(shown[next]?.title ?? "");
    [shown, cells] = [without(shown, next), cells.map((row) => without(row, next))];
    layout = layTable(shown, cells, paint);
  }
  const note = omitted.length === 0 ? [] : [paint("dim", `too narrow for: ${omitted.join(", ")}`)];
  return [layout.head, ...cells.map((row) => layout.line(row)), ...note];
}

function indexOfNextToGo(columns: readonly Column[]): number {
  const lowest = Math.min(...columns.map(({ givesWay = Infinity }) => givesWay));
  return columns.findIndex(({ givesWay }) => givesWay === lowest);
}

const without = <T>(list: readonly T[], index: number): T[] => list.filter((_item, i) => i !== index);
