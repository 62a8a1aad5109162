import { isCopyOf, namesOf, neededOf, roleText, tableStep, unlessEmpty, type Plan } from "./plan.ts";
import { RegionError } from "./region-error.ts";
import type { RegionRow } from "./region-row.ts";
import { answeringSite, holesOf, rowOf, siteOf, type RegionState, type SiteState } from "./region-state.ts";
import type { Step } from "./step.ts";

export interface FailoverOptions {
  readonly to: string;
  /** The home, which the operator gives up. */
  readonly lost: string;
  /** The lost site answers all the same: fence it first. */
  readonly fenceReachable: boolean;
  /** How long a writer at the lost site may still believe in its epoch, its append included; 0: there is no lease. */
  readonly outwaitMs: number;
}

/**
 * Makes a copy the home without the home's help: what the copy lacks is lost. Also finishes a failover that was cut short.
 *
 * @throws RegionError
 */
export function planFailover(state: RegionState, { to, lost, fenceReachable, outwaitMs }: FailoverOptions): Plan {
  const row = rowOf(state);
  const target = answeringSite(state, to);
  const lostSite = siteOf(state, lost);
  const isDecided = row.home === to;
  if (!isDecided && row.home !== lost)
    throw new RegionError("REGION_UNFINISHED", `the home is ${row.home}, not ${lost}`);
  const epoch = isDecided ? row.epoch : row.epoch + 1;
  const waiting = target.streams.filter(({ role }) => role.kind === "copy");
  if (isDecided && waiting.length === 0) throw new RegionError("REGION_IS_HOME", to);
  if (lostSite.answers && !fenceReachable) throw new RegionError("REGION_SITE_ANSWERS", lost);
  assertUsable(state, target, lostSite, epoch);
  const moved: RegionRow = isDecided ? row : { ...row, epoch, turn: 0, home: to, copies: [], joining: [] };
  const writable = lostSite.answers ? lostSite.streams.filter(({ role }) => role.kind === "home") : [];
  const wait: Step[] = outwaitMs > 0 && !lostSite.answers ? [{ do: "outwait", ms: outwaitMs }] : [];
  return {
    row: moved,
    steps: [
      ...unlessEmpty({ do: "fence", site: lost, by: epoch, streams: namesOf(writable) }),
      tableStep(state, moved, neededOf(state)),
      ...wait,
      { do: "promote", site: to, epoch, streams: namesOf(waiting) },
    ],
  };
}

/** Throws when a stream of the target is neither a copy of the lost home nor promoted, or when another copy is better. */
function assertUsable(state: RegionState, target: SiteState, lost: SiteState, epoch: number): void {
  if (target.streams.length === 0) throw new RegionError("REGION_NOT_A_COPY", target.site);
  for (const { stream, role } of target.streams) {
    const isPromoted = role.kind === "home" && role.epoch === epoch;
    if (!isPromoted && !(role.kind === "copy" && role.of === lost.site)) {
      throw new RegionError("REGION_NOT_A_COPY", `${stream} at ${target.site} is ${roleText(role)}`);
    }
  }
  const better = state.sites.find((other) => other !== target && other !== lost && isBetter(other, target, lost));
  if (better !== undefined) throw new RegionError("REGION_COPY_BEHIND", `${better.site} has more`);
}

/** Better in one stream and no worse in any other: so that one of two copies is always taken. */
function isBetter(other: SiteState, target: SiteState, lost: SiteState): boolean {
  const differences = target.streams.flatMap(({ stream, lastSequence }) => {
    const there = other.streams.find((each) => each.stream === stream);
    if (there === undefined || !isCopyOf(there.role, lost, stream)) return [-1];
    return [there.lastSequence - lastSequence, holesOf(target, stream) - holesOf(other, stream)];
  });
  return differences.every((each) => each >= 0) && differences.some((each) => each > 0);
}
