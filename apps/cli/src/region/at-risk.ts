import { behindBy, copyAgeMs, currentRow, type RegionState } from "@p4/regions";

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
