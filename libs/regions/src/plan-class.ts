import { neededOf, nextTurn, spreadRow, tableStep, type Plan } from "./plan.ts";
import { RegionError } from "./region-error.ts";
import type { CopyClass } from "./region-row.ts";
import { answeringSite, rowOf, type RegionState } from "./region-state.ts";

/**
 * Changes what is promised of an acknowledged event. Nothing to do: no steps.
 *
 * @throws RegionError
 */
export function planClass(state: RegionState, promised: CopyClass): Plan {
  const row = rowOf(state);
  // Its nodes read the table of their own site, and keep the promise.
  answeringSite(state, row.home);
  if (row.class === promised) return { steps: spreadRow(state, row), row };
  if (promised !== "none" && row.copies.length === 0) throw new RegionError("REGION_NOT_A_COPY", "no site has one");
  const next = nextTurn(row, { class: promised });
  return { steps: [tableStep(state, next, neededOf(state))], row: next };
}
