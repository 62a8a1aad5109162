import { planCopy } from "@p4/regions";
import { moveRegion } from "./move-region.ts";
import { startSites, type Site, type Sites, type SitesOptions } from "./start-sites.ts";

export interface TwoSites extends Pick<Sites, "links" | "stop"> {
  readonly home: Site;
  /** Has a copy. */
  readonly other: Site;
}

/**
 * Sites a and b, guarded, and a region that lives at a and has a copy at b.
 *
 * @param setUp makes the region's streams at a
 */
export async function startTwoSites(
  options: Omit<SitesOptions, "names" | "guarded">,
  setUp: (home: Site) => Promise<void>,
): Promise<TwoSites> {
  const sites = await startSites({ ...options, names: ["a", "b"], guarded: true });
  try {
    const [home, other] = sites.all;
    if (home === undefined || other === undefined) throw new Error("two sites were asked for");
    await setUp(home);
    await moveRegion({ sites: sites.all, plan: (state) => planCopy(state, other.name) });
    return { home, other, links: sites.links, stop: () => sites.stop() };
  } catch (error) {
    await sites.stop();
    throw error;
  }
}

const readyWithinMs = 60_000;

/** What a deployment's own nodes do. */
export async function startEdgeOf({ edge }: Site): Promise<void> {
  await edge.start();
  await edge.ready(readyWithinMs);
}
