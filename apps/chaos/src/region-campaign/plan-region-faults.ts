import { pick, seededRandom } from "../nemesis/random.ts";
import {
  linkFaultKinds,
  moveKinds,
  type LinkFault,
  type MoveKind,
  type RegionMove,
  type RegionSchedule,
} from "./region-fault.ts";

type Range = readonly [least: number, most: number];

/**
 * How long a move takes on two busy cores, beside what is held: the next one is planned behind it. A failover
 * waits 6 s for the lease of the lost home, and every move ends when all sites have whole copies again.
 */
const lastsMs: Record<MoveKind, number> = {
  "lose-home": 15_000,
  "cut-home": 17_000,
  "blink-home": 0,
  "deafen-home": 0,
  "lose-copy": 3_000,
  switch: 5_000,
  "two-switches": 10_000,
  "two-failovers": 18_000,
  "two-returns": 18_000,
  "killed-switch": 9_000,
  "killed-failover": 20_000,
  "killed-return": 20_000,
};

const holdMs: Range = [3_000, 9_000];
const noticeMs: Range = [300, 3_000];
const gapMs: Range = [2_000, 5_000];
const linkHoldMs: Range = [1_000, 7_000];
const linkGapMs: Range = [6_000, 14_000];
const slowMs: Range = [80, 400];
const killDelayMs: Range = [0, 150];

/** The schedule of a campaign, in order of time: it follows from the seed, the length and the links' names alone. */
export function planRegionFaults(seed: number, durationMs: number, links: readonly string[]): RegionSchedule {
  return {
    moves: planMoves(seededRandom(seed * 31), durationMs),
    links: planLinkFaults(seededRandom(seed * 31 + 1), durationMs, links),
  };
}

/** Dealt like cards: every kind comes before one comes again. */
function planMoves(random: () => number, durationMs: number): RegionMove[] {
  const moves: RegionMove[] = [];
  let cards: MoveKind[] = [];
  for (let atMs = between(gapMs, random); ;) {
    if (cards.length === 0) cards = shuffled(moveKinds, random);
    const kind = cards.pop() as MoveKind;
    const move: RegionMove = {
      atMs,
      kind,
      holdMs: between(holdMs, random),
      noticeMs: between(noticeMs, random),
      copy: pick([0, 1], random),
      way: pick(["there", "back"], random),
      nodesAtOnce: random() < 0.5,
      killAfter: random(),
      killDelayMs: between(killDelayMs, random),
    };
    const endMs = atMs + move.holdMs + lastsMs[kind];
    if (endMs > durationMs) return moves;
    moves.push(move);
    atMs = endMs + between(gapMs, random);
  }
}

function planLinkFaults(random: () => number, durationMs: number, links: readonly string[]): LinkFault[] {
  const faults: LinkFault[] = [];
  for (let atMs = between(linkGapMs, random); links.length > 0;) {
    const fault: LinkFault = {
      atMs,
      kind: pick(linkFaultKinds, random),
      holdMs: between(linkHoldMs, random),
      link: pick(links, random),
      way: pick(["there", "back"], random),
      delayMs: between(slowMs, random),
    };
    const endMs = atMs + fault.holdMs;
    if (endMs > durationMs) break;
    faults.push(fault);
    atMs = endMs + between(linkGapMs, random);
  }
  return faults;
}

const between = ([least, most]: Range, random: () => number): number => Math.round(least + random() * (most - least));

function shuffled<T>(list: readonly T[], random: () => number): T[] {
  return list
    .map((value) => ({ value, at: random() }))
    .sort((left, right) => left.at - right.at)
    .map(({ value }) => value);
}
