import { RegionError } from "./region-error.ts";
import { majorityOf, sameRow, type RegionRow } from "./region-row.ts";
import {
  commonUpTo,
  forksOf,
  holesOf,
  roleOf,
  type RegionState,
  type SiteState,
  type StreamRole,
  type StreamState,
} from "./region-state.ts";
import type { Step } from "./step.ts";

/** What a command will do. Made of what is there, so that after a crash the same command plans what is left. */
export interface Plan {
  readonly steps: readonly Step[];
  /** The row when all is done. */
  readonly row: RegionRow;
}

/** Writes a row where sites answer. Throws REGION_SITE_AWAY when these are too few. */
export function tableStep(state: RegionState, row: RegionRow, needed = majorityOf(state.sites.length)): Step {
  const sites = state.sites.filter(({ answers }) => answers).map(({ site }) => site);
  if (sites.length >= needed) return { do: "table", row, sites, needed };
  const away = state.sites.filter(({ answers }) => !answers).map(({ site }) => site);
  throw new RegionError("REGION_SITE_AWAY", `${away.join(", ")}; the table needs ${needed} of ${state.sites.length}`);
}

/** Of two sites one is no majority: an operator's word stands for the other. */
export const neededOf = ({ sites }: RegionState): number => (sites.length < 3 ? 1 : majorityOf(sites.length));

/** Where a table was not reached when the row was written. */
export function spreadRow(state: RegionState, row: RegionRow): Step[] {
  const isSpread = state.sites.every((site) => !site.answers || sameRow(site.row, row));
  return isSpread ? [] : [tableStep(state, row, neededOf(state))];
}

/** A step about no stream is left out. */
export function unlessEmpty(step: Step & { readonly streams: readonly string[] }): Step[] {
  return step.streams.length === 0 ? [] : [step];
}

export const namesOf = (streams: readonly StreamState[]): string[] => streams.map(({ stream }) => stream);

/** The streams of a home that is at work. Throws REGION_UNFINISHED. */
export function homeStreams(site: SiteState, epoch: number): readonly StreamState[] {
  const other = site.streams.find(({ role }) => role.kind !== "home" || role.epoch !== epoch);
  if (other === undefined && site.streams.length > 0) return site.streams;
  const found = other === undefined ? "no streams" : `${other.stream}, which is ${roleText(other.role)}`;
  throw new RegionError("REGION_UNFINISHED", `${site.site} has ${found}`);
}

/** Whether a stream follows this home, and has followed no log that forked from it. */
export function isCopyOf(role: StreamRole | undefined, home: SiteState, stream: string): boolean {
  if (role?.kind !== "copy" || role.of !== home.site) return false;
  const there = roleOf(home, stream);
  // A home that is away says nothing of its forks.
  return there === undefined || commonUpTo(role, forksOf(there)) === Infinity;
}

/** The same, and it lacks nothing in the middle that the home has. */
export const isWholeCopyOf = (site: SiteState, home: SiteState, stream: string): boolean =>
  isCopyOf(roleOf(site, stream), home, stream) && holesOf(site, stream) <= holesOf(home, stream);

export function roleText(role: StreamRole | undefined): string {
  switch (role?.kind) {
    case undefined:
      return "missing";
    case "plain":
      return "without an epoch";
    case "home":
      return `home of epoch ${role.epoch}`;
    case "fenced":
      return `fenced for epoch ${role.by}`;
    case "copy":
      return `a copy of ${role.of}`;
  }
}

/** Makes a site whose streams are no copies of the home yet a copy: what it has of its own is written down and dropped. */
export function copyAnew(state: RegionState, home: SiteState, site: SiteState, row: RegionRow): Step[] {
  const wanted = namesOf(home.streams);
  const stale = site.streams.filter(({ stream }) => !isWholeCopyOf(site, home, stream));
  const plain = stale.find(({ role }) => role.kind === "plain");
  if (plain !== undefined) throw new RegionError("REGION_NAME_TAKEN", `${plain.stream} at ${site.site}`);
  const writable = stale.filter(({ role }) => role.kind === "home");
  const tails = stale.flatMap(({ stream, role, lastSequence }) => {
    const afterSequence = Math.min(commonUpTo(role, forksOf(roleOf(home, stream))), lastSequence);
    return afterSequence < lastSequence ? [{ stream, afterSequence, lastSequence }] : [];
  });
  const missing = wanted.filter((stream) => !isWholeCopyOf(site, home, stream));
  return [
    ...unlessEmpty({ do: "fence", site: site.site, by: row.epoch, streams: namesOf(writable) }),
    ...(tails.length === 0 ? [] : [{ do: "export", site: site.site, epoch: row.epoch, tails } as const]),
    ...unlessEmpty({ do: "drop", site: site.site, epoch: row.epoch, streams: namesOf(stale) }),
    ...unlessEmpty({ do: "copy", from: home.site, to: site.site, streams: missing }),
    { do: "complete", from: home.site, to: site.site, streams: wanted, withinMs: fullCopyMs, remakeAfterMs },
    tableStep(state, row),
  ];
}

/** A whole log may have to travel. */
export const fullCopyMs = 24 * 60 * 60 * 1_000;
/** A server whose request for a copy failed a few times asks again after minutes only; a new copy asks at once. */
const remakeAfterMs = 30_000;

/** The row one turn later. */
export const nextTurn = (row: RegionRow, change: Partial<RegionRow>): RegionRow => ({
  ...row,
  ...change,
  turn: row.turn + 1,
});

export const withCopy = (row: RegionRow, site: string): RegionRow =>
  nextTurn(row, {
    copies: [...row.copies.filter((each) => each !== site), site].toSorted(),
    joining: row.joining.filter((each) => each !== site),
  });
