/**
 * What is promised about an acknowledged event when a whole site is gone. `none`: one site has it. `async`: copies follow,
 * what they lack is lost. `sync`: it counts, and is delivered, once a copy has it.
 */
export const copyClasses = ["none", "async", "sync"] as const;
export type CopyClass = (typeof copyClasses)[number];

/** One region's row in the table that each site keeps for itself. Rows are ordered by epoch, then by turn. */
export interface RegionRow {
  readonly region: string;
  /** Counts the homes: each move adds one. Starts at 1. */
  readonly epoch: number;
  /** Counts the changes within the epoch: copies, class. */
  readonly turn: number;
  /** The site that takes the region's writes. */
  readonly home: string;
  /** The sites that hold a complete copy. */
  readonly copies: readonly string[];
  /** The sites that are on their way to one. */
  readonly joining: readonly string[];
  /** What the operator promises; `classInForce` tells what holds. */
  readonly class: CopyClass;
}

/** Without a copy nothing is promised, whatever the row says. */
export const classInForce = ({ class: promised, copies }: Pick<RegionRow, "class" | "copies">): CopyClass =>
  copies.length === 0 ? "none" : promised;

/** The sites of which one must have an event before it counts and is delivered; none: the home alone decides. */
export const confirmersOf = (row: Pick<RegionRow, "class" | "copies">): readonly string[] =>
  classInForce(row) === "sync" ? row.copies : [];

/** Negative: `left` is older. */
export const compareRows = (left: RegionRow, right: RegionRow): number =>
  left.epoch - right.epoch || left.turn - right.turn;

/**
 * The row in force among those that the sites hold: the highest one. Two operators may each have written one of the same
 * epoch and turn: then the one at more sites counts, and of two at equally many none does, until one row is deleted.
 */
export function currentRow(rows: readonly (RegionRow | null)[]): RegionRow | null {
  const held = rows.filter((row) => row !== null);
  const [first] = held.toSorted((left, right) => compareRows(right, left));
  if (first === undefined) return null;
  const counts = new Map<string, { readonly row: RegionRow; count: number }>();
  for (const row of held.filter((each) => compareRows(each, first) === 0)) {
    const entry = counts.get(row.home) ?? { row, count: 0 };
    entry.count++;
    counts.set(row.home, entry);
  }
  const [most, second] = [...counts.values()].toSorted((left, right) => right.count - left.count);
  return most === undefined || most.count === second?.count ? null : most.row;
}

/** The majority of `sites`. */
export const majorityOf = (sites: number): number => Math.floor(sites / 2) + 1;

/** Whether two rows say the same. */
export const sameRow = (left: RegionRow | null, right: RegionRow): boolean =>
  left !== null &&
  compareRows(left, right) === 0 &&
  left.home === right.home &&
  left.class === right.class &&
  left.copies.join() === right.copies.join() &&
  left.joining.join() === right.joining.join();

const token = /^[a-z0-9-]{1,32}$/;

/** Reads a stored row; null for anything that is none. */
export function readRow(text: string): RegionRow | null {
  let value: Partial<Record<keyof RegionRow, unknown>> | null;
  try {
    value = JSON.parse(text) as typeof value;
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  const { region, epoch, turn, home, copies, joining, class: promised } = value;
  const isToken = (each: unknown): each is string => typeof each === "string" && token.test(each);
  if (!isToken(region) || !isToken(home) || !isCount(epoch, 1) || !isCount(turn, 0)) return null;
  const isList = (each: unknown): each is string[] => Array.isArray(each) && each.length <= 8 && each.every(isToken);
  if (!isList(copies) || !isList(joining)) return null;
  const known = copyClasses.find((each) => each === promised);
  return known === undefined ? null : { region, epoch, turn, home, copies, joining, class: known };
}

const isCount = (value: unknown, least: number): value is number =>
  Number.isSafeInteger(value) && Number(value) >= least;
