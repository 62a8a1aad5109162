import { RegionError } from "./region-error.ts";
import { currentRow, type RegionRow } from "./region-row.ts";

/** Where one epoch's log began: everything up to `sequence` is common with the home before. */
export interface Fork {
  readonly epoch: number;
  readonly sequence: number;
}

/** What a stream is at its site. `forks`: of the log that it holds; absent: none. */
export type StreamRole =
  /** As a deployment of one site has it. */
  | { readonly kind: "plain" }
  | { readonly kind: "home"; readonly epoch: number; readonly forks: readonly Fork[] }
  /** A home that takes no more writes, since `by` was to come. */
  | { readonly kind: "fenced"; readonly epoch: number; readonly by: number; readonly forks?: readonly Fork[] }
  /** `ageMs`: since it last heard of its origin; null: never yet. */
  | {
      readonly kind: "copy";
      readonly of: string;
      readonly epoch: number;
      readonly ageMs: number | null;
      readonly forks?: readonly Fork[];
    };

export interface StreamState {
  readonly stream: string;
  readonly role: StreamRole;
  readonly lastSequence: number;
  /** Of a log: events that are missing in the middle. A copy can lose some that were on their way when its link was cut. */
  readonly holes?: number;
  /** Of these, what its home lacked already when it was promoted. */
  readonly inheritedHoles?: number;
}

/** What one site says of a region. Streams are those that are copied. */
export interface SiteState {
  readonly site: string;
  readonly answers: boolean;
  readonly row: RegionRow | null;
  readonly streams: readonly StreamState[];
}

/** What is known of a region at one moment: plans are made of this alone. */
export interface RegionState {
  readonly region: string;
  readonly sites: readonly SiteState[];
}

/** Throws REGION_UNKNOWN_SITE. */
export function siteOf(state: RegionState, site: string): SiteState {
  const found = state.sites.find((each) => each.site === site);
  if (found !== undefined) return found;
  throw new RegionError("REGION_UNKNOWN_SITE", `${site}, known are ${state.sites.map((each) => each.site).join(", ")}`);
}

/** Throws REGION_UNKNOWN_SITE, REGION_SITE_AWAY. */
export function answeringSite(state: RegionState, site: string): SiteState {
  const found = siteOf(state, site);
  if (found.answers) return found;
  throw new RegionError("REGION_SITE_AWAY", site);
}

/** Throws REGION_NOT_SET_UP, REGION_UNDECIDED. */
export function rowOf({ region, sites }: RegionState): RegionRow {
  const rows = sites.map(({ row }) => row);
  const row = currentRow(rows);
  if (row !== null) return row;
  const isEmpty = rows.every((each) => each === null);
  throw new RegionError(isEmpty ? "REGION_NOT_SET_UP" : "REGION_UNDECIDED", region);
}

export const roleOf = (site: SiteState, stream: string): StreamRole | undefined =>
  site.streams.find((each) => each.stream === stream)?.role;

export const holesOf = (site: SiteState, stream: string): number =>
  site.streams.find((each) => each.stream === stream)?.holes ?? 0;

export const forksOf = (role: StreamRole | undefined): readonly Fork[] =>
  role === undefined || role.kind === "plain" ? [] : (role.forks ?? []);

/** The last sequence that a log shares with its home's: the first fork that only one of them has. Infinity: they have the same. */
export function commonUpTo(role: StreamRole, home: readonly Fork[]): number {
  const epoch = role.kind === "plain" ? 0 : role.epoch;
  const onlyAtHome = home.filter((fork) => fork.epoch > epoch);
  const onlyHere = forksOf(role).filter((fork) => !home.some((each) => each.epoch === fork.epoch));
  return Math.min(...[...onlyAtHome, ...onlyHere].map(({ sequence }) => sequence));
}
