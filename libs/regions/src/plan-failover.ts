import { isCopyOf, namesOf, neededOf, roleText, tableStep, unlessEmpty, type Plan } from "./plan.ts";
import { RegionError } from "./region-error.ts";
import type { RegionRow } from "./region-row.ts";
import {
  answeringSite,
  holesOf,
  roleOf,
  rowOf,
  siteOf,
  type RegionState,
  type SiteState,
  type StreamRole,
} from "./region-state.ts";
import type { Step } from "./step.ts";

export interface FailoverOptions {
  readonly to: string;
  /** The home, which the operator gives up. */
  readonly lost: string;
  /** The lost site answers all the same: fence it first. */
  readonly fenceReachable: boolean;
  /** How long a writer at the lost site may still believe in its epoch, its append included; 0: there is no lease. */
  readonly outwaitMs: number;
  /** The site is known to lack events, or was never known to be complete; the operator gives them up. Default: it may not be. */
  readonly acceptLoss?: boolean;
}

/** What a failover is about: the epoch that it begins, and whether the tables name it already. */
interface Move {
  readonly state: RegionState;
  readonly target: SiteState;
  readonly lost: SiteState;
  readonly row: RegionRow;
  readonly epoch: number;
  readonly isDecided: boolean;
}

/**
 * Makes a copy the home without the home's help: what the copy lacks is lost. Also finishes a failover that was cut short. Where
 * the lost home has no complete copy, as when it was lost before a move to it was done, the home before it, or a copy of that one,
 * can take over too; that, and a copy that has holes, an operator has to accept.
 *
 * @throws RegionError
 */
export function planFailover(state: RegionState, options: FailoverOptions): Plan {
  const { to, lost: given, fenceReachable, outwaitMs, acceptLoss = false } = options;
  const move = moveOf(state, options);
  const { target, lost, row, epoch, isDecided } = move;
  if (!isDecided && row.home !== given)
    throw new RegionError("REGION_UNFINISHED", `the home is ${row.home}, not ${given}`);
  const waiting = target.streams.filter(({ role }) => waits(role, epoch));
  if (isDecided && waiting.length === 0) throw new RegionError("REGION_IS_HOME", to);
  if (lost.answers && !fenceReachable) throw new RegionError("REGION_SITE_ANSWERS", given);
  assertUsable(move);
  const losses = lossesIn(move);
  if (losses.length > 0 && !acceptLoss) throw new RegionError("REGION_WOULD_LOSE", losses.join("; "));
  const moved: RegionRow = isDecided ? row : { ...row, epoch, turn: 0, home: to, copies: [], joining: [] };
  const writable = lost.answers ? lost.streams.filter(({ role }) => role.kind === "home") : [];
  const wait: Step[] = outwaitMs > 0 && !lost.answers ? [{ do: "outwait", ms: outwaitMs }] : [];
  return {
    row: moved,
    steps: [
      ...unlessEmpty({ do: "fence", site: given, by: epoch, streams: namesOf(writable) }),
      tableStep(state, moved, neededOf(state)),
      ...wait,
      { do: "promote", site: to, epoch, streams: namesOf(waiting) },
    ],
  };
}

/** What a failover is known to lose beside what its copy is behind, a sentence each; empty: nothing is. Throws RegionError. */
export const lossesOf = (state: RegionState, options: Pick<FailoverOptions, "to" | "lost">): string[] =>
  lossesIn(moveOf(state, options));

function moveOf(state: RegionState, { to, lost }: Pick<FailoverOptions, "to" | "lost">): Move {
  const row = rowOf(state);
  const isDecided = row.home === to;
  const epoch = isDecided ? row.epoch : row.epoch + 1;
  return { state, target: answeringSite(state, to), lost: siteOf(state, lost), row, epoch, isDecided };
}

/** Of the log that the lost home of the epoch before began with: its home, not at work any more, or a copy that follows that one. */
function isOfHomeBefore(role: StreamRole, epoch: number): boolean {
  if (role.kind === "fenced") return role.by === epoch - 1;
  return (role.kind === "home" || role.kind === "copy") && role.epoch === epoch - 2;
}

/** Whether a stream of the new home is still to be promoted. */
const waits = (role: StreamRole, epoch: number): boolean => role.kind === "copy" || isOfHomeBefore(role, epoch);

/** Throws when a stream of the target can take over nothing of the lost home's, or when another copy is better. */
function assertUsable({ state, target, lost, row, epoch, isDecided }: Move): void {
  if (target.streams.length === 0) throw new RegionError("REGION_NOT_A_COPY", target.site);
  const isLastResort = isDecided || row.copies.length === 0;
  for (const { stream, role } of target.streams) {
    const isPromoted = role.kind === "home" && role.epoch === epoch;
    const isCopy = role.kind === "copy" && role.of === lost.site;
    if (!isPromoted && !isCopy && !(isLastResort && isOfHomeBefore(role, epoch))) {
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

function lossesIn({ state, target, lost, row, epoch, isDecided }: Move): string[] {
  const waiting = target.streams.filter(({ role }) => waits(role, epoch));
  const elsewhere = new Set(state.sites.flatMap(({ streams }) => namesOf(streams)));
  const missing = [...elsewhere]
    .filter((stream) => roleOf(target, stream) === undefined)
    .map((stream) => `${stream} is missing at ${target.site}`);
  const before = waiting.find(({ role }) => !(role.kind === "copy" && role.of === lost.site));
  if (before !== undefined) {
    const what = `${before.stream} at ${target.site} is ${roleText(before.role)}`;
    return [...missing, `${what}: it has nothing that ${lost.site} took as the home of epoch ${epoch - 1}`];
  }
  const isListed = isDecided || row.copies.includes(target.site);
  return [
    ...missing,
    ...(isListed ? [] : [`${target.site} was never known to have all that ${lost.site} has`]),
    ...waiting.flatMap(({ stream }) => holesText({ state, target, lost }, stream)),
  ];
}

/** What a copy lacks in the middle that its lost home may have, and what the other copies lack there. */
function holesText({ state, target, lost }: Pick<Move, "state" | "target" | "lost">, stream: string): string[] {
  const holes = newHoles(target, lost, stream);
  if (holes === 0) return [];
  const others = state.sites
    .filter((site) => site !== target && isCopyOf(roleOf(site, stream), lost, stream))
    .map((site) => `, at ${site.site} ${newHoles(site, lost, stream)}`);
  return [`${stream} lacks ${holes} events in the middle at ${target.site}${others.join("")}`];
}

/** Beyond those that the home itself had: it says so, or the copy knows it of the home's promotion. */
function newHoles(site: SiteState, lost: SiteState, stream: string): number {
  const { holes = 0, inheritedHoles = 0 } = site.streams.find((each) => each.stream === stream) ?? {};
  return Math.max(0, holes - Math.max(inheritedHoles, holesOf(lost, stream)));
}
