import type { RegionRow } from "./region-row.ts";

/** One step of a plan. Each may be done again: it then finds nothing to do. */
export type Step =
  /** Gives a site's plain streams their first epoch, in two updates, without copying anything. */
  | { readonly do: "adopt"; readonly site: string; readonly streams: readonly string[] }
  /** Makes the home's consumers and the copies that they feed. */
  | { readonly do: "copy"; readonly from: string; readonly to: string; readonly streams: readonly string[] }
  /** Until the copies have what the origin had when the step began; it fails when that takes longer. */
  | {
      readonly do: "complete";
      readonly from: string;
      readonly to: string;
      readonly streams: readonly string[];
      readonly withinMs: number;
      /** A copy that gets nothing for so long, although its origin can be reached, is made once more. Absent: none is. */
      readonly remakeAfterMs?: number;
    }
  /** Takes the subjects of the streams away, so that no writer reaches them. */
  | { readonly do: "fence"; readonly site: string; readonly by: number; readonly streams: readonly string[] }
  /** Until no writer of the epoch before can still believe in it. */
  | { readonly do: "outwait"; readonly ms: number }
  /** Makes homes of copies, or of a home's own fenced streams. */
  | { readonly do: "promote"; readonly site: string; readonly epoch: number; readonly streams: readonly string[] }
  /** Writes the row into the tables; it holds when `needed` of them have it. */
  | { readonly do: "table"; readonly row: RegionRow; readonly sites: readonly string[]; readonly needed: number }
  /** Writes down what a deposed home took behind the fork, before it is dropped. */
  | { readonly do: "export"; readonly site: string; readonly epoch: number; readonly tails: readonly Tail[] }
  /** Streams that are neither the home of `epoch` nor its copies. */
  | { readonly do: "drop"; readonly site: string; readonly epoch: number; readonly streams: readonly string[] };

/** What only one site has of a stream: everything after `afterSequence`. */
export interface Tail {
  readonly stream: string;
  readonly afterSequence: number;
  readonly lastSequence: number;
}
