import type { Way } from "../system/link.ts";

/** What happens to whole sites, and what operators do about it: one after the other. */
export const moveKinds = [
  /** The home is killed, a copy takes over, the deposed home returns. */
  "lose-home",
  /** The home is cut off, a copy takes over, the deposed home runs on, is back and returns. */
  "cut-home",
  /** The home is cut off and back before an operator does anything. */
  "blink-home",
  /** The home's links pass one way only. */
  "deafen-home",
  "lose-copy",
  "switch",
  /** Two operators move the home at once, each to another site. */
  "two-switches",
  /** The home is killed, and two operators give it to another site each. */
  "two-failovers",
  /** The home is killed, and two operators take it back at once. */
  "two-returns",
  /** The command is killed in the middle, and run again. */
  "killed-switch",
  "killed-failover",
  "killed-return",
] as const;

export type MoveKind = (typeof moveKinds)[number];

/** Times are in ms since the campaign's start. A move begins later when the one before it is not over. */
export interface RegionMove {
  readonly atMs: number;
  readonly kind: MoveKind;
  /** How long a site stays away. */
  readonly holdMs: number;
  /** How long operators take to notice. */
  readonly noticeMs: number;
  /** Which of the sites that are not the home, by name. */
  readonly copy: 0 | 1;
  readonly way: Way;
  /** A site that was killed comes back with its nodes, or these come when it is a copy again. */
  readonly nodesAtOnce: boolean;
  /** A command is killed after this share of its steps, in [0, 1), and this many ms. */
  readonly killAfter: number;
  readonly killDelayMs: number;
}

export const linkFaultKinds = ["cut-link", "slow-link", "one-way-link"] as const;

/** What happens to a single link, whatever happens to the sites. */
export interface LinkFault {
  readonly atMs: number;
  readonly kind: (typeof linkFaultKinds)[number];
  readonly holdMs: number;
  readonly link: string;
  /** The way on which nothing passes, of a `one-way-link`. */
  readonly way: Way;
  /** Each way, of a `slow-link`. */
  readonly delayMs: number;
}

export interface RegionSchedule {
  readonly moves: readonly RegionMove[];
  readonly links: readonly LinkFault[];
}
