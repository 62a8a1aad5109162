import {
  copyAnew,
  fullCopyMs,
  isCopyOf,
  isWholeCopyOf,
  namesOf,
  roleText,
  spreadRow,
  tableStep,
  unlessEmpty,
  withCopy,
  type Plan,
} from "./plan.ts";
import { RegionError } from "./region-error.ts";
import type { RegionRow } from "./region-row.ts";
import {
  answeringSite,
  forksOf,
  holesOf,
  roleOf,
  rowOf,
  type RegionState,
  type SiteState,
  type StreamState,
} from "./region-state.ts";
import type { Step } from "./step.ts";

/** A copy that has not heard of its home for longer cannot be complete at once. */
export const freshMs = 2_000;
/** How long a copy may take to have what the home has at the beginning, and how long once the home is fenced. */
const completeBeforeMs = 1_000;
const completeFencedMs = 60_000;

/**
 * Moves a region's home to a site that has a copy, while both are there: nothing is lost. Also finishes a switch that was
 * cut short, and takes one back as long as the table does not name the other site (`to` is then the home itself).
 * No stream is promoted before the table names its epoch and site: of two operators one is told there, and does not.
 *
 * @throws RegionError
 */
export function planSwitch(state: RegionState, to: string): Plan {
  const row = rowOf(state);
  const home = answeringSite(state, row.home);
  const target = answeringSite(state, to);
  if (to === row.home) return goOnAtHome(state, home, row);
  const epoch = row.epoch + 1;
  const streams = namesOf(home.streams);
  const open = home.streams.filter(({ role }) => role.kind === "home");
  const isUntouched = open.length === streams.length;
  // Made at the home since it has a copy, as by a newer build.
  const added =
    isUntouched && row.copies.includes(to) ? streams.filter((stream) => roleOf(target, stream) === undefined) : [];
  assertUnderWay(state, home, target, { epoch, added });
  if (isUntouched) assertFresh(target);
  assertWhole(home, target);
  const unpromoted = streams.filter((stream) => roleOf(target, stream)?.kind !== "home");
  const joining = state.sites.filter((site) => site !== target && site.streams.length > 0).map(({ site }) => site);
  const moved: RegionRow = { ...row, epoch, turn: 0, home: to, copies: [], joining };
  const complete = { do: "complete", from: home.site, to } as const;
  const steps: Step[] = [
    ...unlessEmpty({ do: "copy", from: home.site, to, streams: added }),
    ...unlessEmpty({ ...complete, streams: added, withinMs: fullCopyMs }),
    ...(isUntouched ? [{ ...complete, streams, withinMs: completeBeforeMs }] : []),
    ...unlessEmpty({ do: "fence", site: home.site, by: epoch, streams: namesOf(open) }),
    ...unlessEmpty({ ...complete, streams: unpromoted, withinMs: completeFencedMs }),
    tableStep(state, moved),
    ...unlessEmpty({ do: "promote", site: to, epoch, streams: unpromoted }),
  ];
  const { steps: rest, row: done } = rejoin(state, asHome(target, epoch, added), moved);
  return { steps: [...steps, ...rest], row: done };
}

/** Each stream of the home is at work or fenced for this move; each of the target is its copy, or promoted already. */
function assertUnderWay(
  state: RegionState,
  home: SiteState,
  target: SiteState,
  { epoch, added }: { readonly epoch: number; readonly added: readonly string[] },
): void {
  for (const { stream, role } of home.streams) {
    const isOurs = (role.kind === "home" && role.epoch === epoch - 1) || (role.kind === "fenced" && role.by === epoch);
    if (!isOurs) throw new RegionError("REGION_UNFINISHED", `${stream} at ${home.site} is ${roleText(role)}`);
  }
  for (const { stream } of home.streams) {
    const there = roleOf(target, stream);
    if (added.includes(stream)) continue;
    const isThere = isCopyOf(there, home, stream) || (there?.kind === "home" && there.epoch === epoch);
    if (!isThere) throw new RegionError("REGION_NOT_A_COPY", `${stream} at ${target.site} is ${roleText(there)}`);
  }
  if (home.streams.length === 0) throw new RegionError("REGION_UNFINISHED", `${home.site} has no streams`);
  assertNoneElse(state, target, epoch);
}

/** No third site has begun the epoch. */
function assertNoneElse(state: RegionState, target: SiteState, epoch: number): void {
  for (const other of state.sites) {
    const promoted = other !== target && other.streams.find(({ role }) => role.kind === "home" && role.epoch === epoch);
    if (promoted) throw new RegionError("REGION_UNFINISHED", `${other.site} has taken over ${promoted.stream}`);
  }
}

function assertFresh(target: SiteState): void {
  for (const { stream, role } of target.streams) {
    if (role.kind !== "copy" || (role.ageMs !== null && role.ageMs <= freshMs)) continue;
    const heard =
      role.ageMs === null ? "has never heard of its home" : `heard of its home ${Math.round(role.ageMs)} ms ago`;
    throw new RegionError("REGION_COPY_BEHIND", `${stream} at ${target.site} ${heard}`);
  }
}

function assertWhole(home: SiteState, target: SiteState): void {
  const holed = target.streams.find(({ stream }) => holesOf(target, stream) > holesOf(home, stream));
  if (holed === undefined) return;
  const detail = `${holed.stream} at ${target.site} lacks ${holed.holes ?? 0} events in the middle; "return" recreates it`;
  throw new RegionError("REGION_COPY_HOLED", detail);
}

/** The table names the site already: what is left of a move to it, or the move away that was begun is taken back. */
function goOnAtHome(state: RegionState, home: SiteState, row: RegionRow): Plan {
  const isAtWork = home.streams.every(({ role }) => role.kind === "home" && role.epoch === row.epoch);
  if (isAtWork) {
    const rest = rejoin(state, home, row);
    const steps = rest.steps.length > 0 ? rest.steps : spreadRow(state, row);
    if (steps.length > 0) return { ...rest, steps };
    throw new RegionError("REGION_IS_HOME", row.home);
  }
  const waiting = home.streams.filter(({ role }) => role.kind === "copy");
  return waiting.length > 0 ? finish(state, home, row, waiting) : takeBack(state, home, row);
}

/** The table was written, and not every stream promoted. Only where the home before is fenced for it: else it was a failover. */
function finish(state: RegionState, home: SiteState, row: RegionRow, waiting: readonly StreamState[]): Plan {
  const complete = waiting.map(({ stream, role }): Step => {
    const from = answeringSite(state, role.kind === "copy" ? role.of : "");
    const there = roleOf(from, stream);
    if (there?.kind !== "fenced" || there.by !== row.epoch) {
      throw new RegionError("REGION_UNFINISHED", `${stream} at ${from.site} is ${roleText(there)}`);
    }
    return { do: "complete", from: from.site, to: home.site, streams: [stream], withinMs: completeFencedMs };
  });
  const { steps: rest, row: done } = rejoin(state, asHome(home, row.epoch), row);
  const promote: Step = { do: "promote", site: home.site, epoch: row.epoch, streams: namesOf(waiting) };
  return { steps: [tableStep(state, row), ...complete, promote, ...rest], row: done };
}

function takeBack(state: RegionState, home: SiteState, row: RegionRow): Plan {
  const isBegun = home.streams.every(({ role }) =>
    role.kind === "fenced" ? role.by === row.epoch : role.kind === "home" && role.epoch === row.epoch,
  );
  const epoch = isBegun ? row.epoch : row.epoch + 1;
  assertNoneElse(state, home, epoch);
  const kept: RegionRow = isBegun ? row : { ...row, epoch, turn: 0 };
  const old = home.streams.filter(({ role }) => !(role.kind === "home" && role.epoch === epoch));
  return {
    row: kept,
    steps: [tableStep(state, kept), ...unlessEmpty({ do: "promote", site: home.site, epoch, streams: namesOf(old) })],
  };
}

const isOfRegion = ({ site, streams }: SiteState, { joining }: RegionRow): boolean =>
  streams.length > 0 || joining.includes(site);

/** Every other site that had the region becomes a copy of the new home. One that is away does so by `return`. */
function rejoin(state: RegionState, home: SiteState, row: RegionRow): Plan {
  const steps: Step[] = [];
  let current = row;
  for (const site of state.sites) {
    if (site.site === home.site || !site.answers || !isOfRegion(site, row)) continue;
    const isComplete = home.streams.every(({ stream }) => isWholeCopyOf(site, home, stream));
    if (isComplete && current.copies.includes(site.site)) continue;
    const next = withCopy(current, site.site);
    steps.push(...copyAnew(state, home, site, next));
    current = next;
  }
  return { steps, row: current };
}

/** The target as it will be: each promoted stream began where its copy ended, and what was fenced ends there too. */
function asHome(target: SiteState, epoch: number, added: readonly string[] = []): SiteState {
  const copied = added.map((stream): StreamState => {
    return { stream, role: { kind: "copy", of: "", epoch: 0, ageMs: null }, lastSequence: 0 };
  });
  return {
    ...target,
    streams: [...target.streams, ...copied].map((each) => ({
      ...each,
      role: { kind: "home", epoch, forks: [...forksOf(each.role), { epoch, sequence: Infinity }] },
    })),
  };
}
