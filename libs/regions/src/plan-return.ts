import { copyAnew, homeStreams, isWholeCopyOf, spreadRow, withCopy, type Plan } from "./plan.ts";
import { RegionError } from "./region-error.ts";
import { answeringSite, rowOf, type RegionState } from "./region-state.ts";

/**
 * Makes a site that was deposed, or that followed a deposed home, a copy of the home again. What it took behind the fork is
 * written down first and never merged. Nothing to do: no steps.
 *
 * @throws RegionError
 */
export function planReturn(state: RegionState, site: string): Plan {
  const row = rowOf(state);
  const returning = answeringSite(state, site);
  if (site === row.home) throw new RegionError("REGION_IS_HOME", site);
  const home = answeringSite(state, row.home);
  const isComplete = homeStreams(home, row.epoch).every(({ stream }) => isWholeCopyOf(returning, home, stream));
  if (isComplete && row.copies.includes(site)) return { steps: spreadRow(state, row), row };
  const done = withCopy(row, site);
  return { steps: copyAnew(state, home, returning, done), row: done };
}
