/** `always` and `never` are for tests and campaigns: both ways must keep every promise. */
export type GroupCommitMode = "adaptive" | "always" | "never";

/** What one stream has before it, counted in appends. */
export interface CommitState {
  readonly waiting: number;
  /** Of those, from the front, what fits into one batch. */
  readonly batchable: number;
  readonly aloneUnderWay: number;
  readonly batchUnderWay: boolean;
  /** So many go alone before the next batch is tried: the last one was refused. */
  readonly aloneFirst: number;
}

/** What leaves now, from the front of what waits. */
export interface Commit {
  readonly as: "alone" | "batch";
  readonly appends: number;
}

/**
 * Enough to keep a stream busy until the next answer is read, that of a broker 40 ms away at some 400 appends a second; the
 * rest waits, so that it can leave together.
 */
export const aloneAtMost = 16;
/**
 * A batch costs the broker some six forced writes whatever its size, an append one. On eight streams 16 an append lose by
 * 0.6x, 24 are even, 32 gain 1.2x and 64 2.3x (DESIGN.md has the table).
 */
export const batchFrom = 32;
/** The server takes 1,000. */
export const batchAtMost = 256;
/** A stream stores nothing else meanwhile: large events gain nothing by it, and would make the small ones wait. */
export const batchAtMostBytes = 1_048_576;
/** After a refused batch: what is tried in vain stays a fraction of what is done. */
export const aloneAfterRefusal = (refused: number): number => 4 * refused;

/** Pure. How many of those that wait fit into one batch, from the front. */
export function fitIntoBatch(waiting: readonly { readonly message: { readonly bytes: Uint8Array } }[]): number {
  let sizeBytes = 0;
  const tooMany = waiting.slice(0, batchAtMost).findIndex(({ message }) => {
    sizeBytes += message.bytes.length;
    return sizeBytes > batchAtMostBytes;
  });
  return tooMany === -1 ? Math.min(waiting.length, batchAtMost) : tooMany;
}

/** Pure. While a stream is busy, what arrives waits and leaves together: as one batch when it is many, alone when few. */
export function nextCommit(state: CommitState, mode: GroupCommitMode): Commit {
  const { waiting, batchable, aloneUnderWay, batchUnderWay, aloneFirst } = state;
  if (mode === "never") return { as: "alone", appends: waiting };
  if (batchUnderWay) return { as: "alone", appends: 0 };
  if (mode === "always" ? batchable > 0 : batchable >= batchFrom && aloneFirst === 0) {
    return { as: "batch", appends: batchable };
  }
  return { as: "alone", appends: Math.min(waiting, Math.max(0, aloneAtMost - aloneUnderWay)) };
}
