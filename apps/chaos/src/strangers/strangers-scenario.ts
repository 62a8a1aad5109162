import { number, whole, type OptionsOf } from "@p4/testkit/command-line";
import { sabotageOf, seed } from "../chaos-options.ts";
import type { AttackPlan } from "./strangers-protocol.ts";

/** Edges that are broken on purpose: the campaign has to find each of them out, or its silence means nothing. */
const strangersSabotages = ["no-byte-budget", "leaked-subscription", "late-answers"] as const;
export type StrangersSabotage = (typeof strangersSabotages)[number];

export const strangersOptions = {
  /** How long strangers are there beside honest wallets. */
  minutes: number(2, 0.1, 1_440),
  seed,
  /** Honest payments that begin each second. */
  rate: whole(20, 1, 1_000),
  /** How often the edge is told to stop; 0: never. */
  sigterm: whole(0, 0, 1_000),
  sabotage: sabotageOf(strangersSabotages),
};

export type StrangersOptions = Omit<OptionsOf<typeof strangersOptions>, "sigterm">;
export type StopsOptions = Pick<OptionsOf<typeof strangersOptions>, "sigterm" | "seed" | "rate">;

const MiB = 1_048_576;

/**
 * What `npm run chaos -- strangers` does, as data: the system, the honest load, what strangers do beside it, and what has to
 * hold. The 21 things that strangers once managed are behind the attacks; what needs no stranger on the wire (a full disk, a
 * wrong clock, files, keys, the terminal) is tested elsewhere.
 */
export const strangersScenario = {
  system: {
    brokers: 1,
    shards: 4,
    edge: {
      ttl: "2h",
      /** Little memory: what nothing bounds is seen within seconds. */
      heapMiB: 256,
      settings: { P4_MAX_HELD_BYTES: "8MiB" },
    },
  },
  workload: { patienceMs: 60_000 },
  /** Honest wallets alone: a part of the campaign's time, within bounds. */
  quiet: { part: 1 / 6, leastMs: 5_000, mostMs: 60_000 },
  /** Before anything is measured, so that code is compiled and what is made once is there. */
  warmUp: { part: 1 / 20, leastMs: 4_000, mostMs: 20_000 },
  faults: {
    addresses: 2_000,
    /** Each large message takes the edge some dozens of milliseconds in which all wait: beyond this it is a test of the cores. */
    bytesPerSecond: MiB / 4,
    burstBytes: 64 * MiB,
    plan: [
      { attack: "large messages", strangers: 1, pauseMs: [500, 3_000] },
      { attack: "hoard", strangers: 4, pauseMs: [500, 3_000] },
      { attack: "full channel", strangers: 1, pauseMs: [500, 3_000] },
      { attack: "used message id", strangers: 1, pauseMs: [300, 1_500] },
      { attack: "forged proofs", strangers: 1, pauseMs: [300, 1_500] },
      { attack: "eavesdropping", strangers: 1, pauseMs: [300, 1_500] },
      { attack: "odd words", strangers: 1, pauseMs: [300, 1_500] },
      { attack: "refused joins", strangers: 2, pauseMs: [300, 1_500] },
      { attack: "message too large", strangers: 1, pauseMs: [500, 3_000] },
      { attack: "one burst", strangers: 1, pauseMs: [300, 1_500] },
      { attack: "event streams", strangers: 1, pauseMs: [300, 1_500] },
      { attack: "slow requests", strangers: 2, pauseMs: [300, 1_500] },
      { attack: "waiting requests", strangers: 1, pauseMs: [300, 1_500] },
      { attack: "nonsense", strangers: 1, pauseMs: [500, 2_000] },
      { attack: "stale crowd", strangers: 1, pauseMs: [500, 3_000] },
    ] satisfies AttackPlan[],
  },
  checks: {
    history: { lateAfterMs: 30_000, expiryGraceMs: 15_000 },
    /** Honest receipt latency: the p99 under attack over the quiet p99, at most. */
    p99Ratio: 3,
    /** Later than this is the server's doing, however busy the machine is. */
    p99AtMostMs: 5_000,
    /** At the bound channels below their share still grow: up to twice of it. */
    heldBytes: 2 * 8 * MiB,
    /** The heap's limit, and the same again for what lies outside of it: code, buffers on their way, sockets. */
    residentBytes: 2 * 256 * MiB,
    /** For sockets without an end, requests that wait and reads under way. */
    settleWithinMs: 90_000,
    /** Of a process that is told to stop, and a second for what was left behind. */
    stopWithinMs: 11_000,
    /** Of the payments that had to begin. */
    leastRate: 0.95,
  },
} as const;
