import { currentRow, type RegionState, type SiteState } from "@p4/regions";

/** What would be lost, were the home gone now: what the copy that has most lacks. Null: it cannot be told. */
export interface AtRisk {
  readonly site: string | null;
  readonly events: number | null;
  /** Since that copy last heard of its home: what was stored in this time it may lack. */
  readonly ms: number | null;
}

/** Pure. */
export function atRisk(state: RegionState): AtRisk {
  const row = currentRow(state.sites.map((site) => site.row));
  const home = state.sites.find(({ site }) => site === row?.home);
  const copies = state.sites.filter(({ site, answers }) => answers && row?.copies.includes(site) === true);
  const known = copies.map((copy) => ({ site: copy.site, events: behindBy(copy, home), ms: copyAgeMs(copy) }));
  const [best] = known.toSorted((left, right) => (left.events ?? 0) - (right.events ?? 0) || left.ms - right.ms);
  return best ?? { site: null, events: null, ms: null };
}

/** The longest time that a stream of the copy has not heard of its home; Infinity: one never has. */
export function copyAgeMs({ streams }: SiteState): number {
  return Math.max(0, ...streams.map(({ role }) => (role.kind === "copy" ? (role.ageMs ?? Infinity) : 0)));
}

/** Events of all logs that the home has and the copy has not; null: the home does not tell. */
export function behindBy(copy: SiteState, home: SiteState | undefined): number | null {
  if (home === undefined || !home.answers) return null;
  return copy.streams
    .filter(({ stream }) => stream.startsWith("P4_CHANNELS_"))
    .reduce((sum, { stream, lastSequence }) => {
      const there = home.streams.find((each) => each.stream === stream)?.lastSequence ?? 0;
      return sum + Math.max(0, there - lastSequence);
    }, 0);
}
