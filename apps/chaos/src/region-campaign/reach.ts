/** A site or a link that begins or ceases to pass both ways. Times by the clock, so that the interval is never too long. */
export interface ReachChange {
  readonly atMs: number;
  readonly isUp: boolean;
  /** A site: all of it; or a link by the names of its two sites. */
  readonly of: { readonly site: string } | { readonly link: readonly [string, string] };
}

/** A time in which a site could hear of none of the others. */
export interface Isolation {
  readonly site: string;
  readonly fromMs: number;
  /** Infinity: to the end. */
  readonly untilMs: number;
}

/** When each site was cut off from all others, whatever the cause. Pure. */
export function isolationsOf(changes: readonly ReachChange[], sites: readonly string[]): Isolation[] {
  const down = new Set<string>();
  const since = new Map<string, number>();
  const found: Isolation[] = [];
  for (const { atMs, isUp, of } of changes.toSorted((left, right) => left.atMs - right.atMs)) {
    const key = "site" in of ? of.site : linkKey(of.link);
    if (isUp) down.delete(key);
    else down.add(key);
    for (const site of sites) {
      const isAlone = sites.every((other) => other === site || down.has(other) || down.has(linkKey([site, other])));
      const fromMs = since.get(site);
      if (isAlone && fromMs === undefined) since.set(site, atMs);
      if (isAlone || fromMs === undefined) continue;
      found.push({ site, fromMs, untilMs: atMs });
      since.delete(site);
    }
  }
  return [...found, ...[...since].map(([site, fromMs]) => ({ site, fromMs, untilMs: Infinity }))];
}

const linkKey = (ends: readonly [string, string]): string => ends.toSorted().join("-");
