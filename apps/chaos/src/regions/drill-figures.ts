import type { History, Violation } from "../checker/history.ts";
import type { UnfinishedPayment } from "../checker/unfinished-payments.ts";
import { receiptWaits } from "../checker/receipt-waits.ts";
import type { WalletRecord } from "../wallets/wallet-record.ts";

export interface DrillFindings {
  readonly class: "async" | "sync";
  readonly violations: readonly Violation[];
  readonly unfinished: readonly UnfinishedPayment[];
  /** Events that the old home alone had, and their channels, as `return` found them. */
  readonly tail: { readonly events: number; readonly channels: ReadonlySet<string> };
}

/** None of these is excused where an event counts only once a copy has it. */
const losses: readonly Violation["code"][] = ["LOST_ACKNOWLEDGED", "LOST_DELIVERED"];

export interface DrillFigures {
  /** Faults that no event in the old home's tail explains. */
  readonly unexplained: readonly (Violation | UnfinishedPayment)[];
  /** Of events that were acknowledged or delivered. */
  readonly lost: number;
  readonly storedTwice: number;
  readonly onlyAtOldHome: number;
  readonly isClean: boolean;
}

/**
 * A copy that follows may lack the last events of a home that is killed; nothing else may happen, and only to channels
 * that the tail names; in the class `sync` nothing that was acknowledged or delivered. In a planned move there is no tail, so nothing may happen at all.
 */
export function drillFigures({ class: promised, violations, unfinished, tail }: DrillFindings): DrillFigures {
  const never = promised === "sync" ? ["STORED_TWICE", ...losses] : ["STORED_TWICE"];
  const mayHappen = ({ code }: Violation): boolean => !never.includes(code);
  const unexplained = [
    ...violations.filter((each) => !(mayHappen(each) && tail.channels.has(each.channelId))),
    ...unfinished.filter(({ channelId }) => !tail.channels.has(channelId)),
  ];
  const count = (...codes: readonly Violation["code"][]): number =>
    violations.filter(({ code }) => codes.includes(code)).length;
  return {
    unexplained,
    lost: count(...losses),
    storedTwice: count("STORED_TWICE"),
    onlyAtOldHome: tail.events,
    isClean: unexplained.length === 0,
  };
}

/** The longest time that a wallet waited for a receipt, in ms. */
export const longestWaitMs = (records: readonly WalletRecord[]): number =>
  Math.max(0, ...receiptWaits(records).map(({ waitedMs }) => waitedMs));

/** By the brokers' clocks: from a moment to the first event that was stored behind it; null: none was. */
export function firstAppendMs(log: History["log"], afterMs: number): number | null {
  const later = storedTimes(log).filter((atMs) => atMs >= afterMs);
  return later[0] === undefined ? null : later[0] - afterMs;
}

/** The longest time between two events, in ms. */
export function longestGapMs(log: History["log"]): number {
  const times = storedTimes(log);
  return Math.max(0, ...times.slice(1).map((atMs, index) => atMs - (times[index] ?? atMs)));
}

const storedTimes = (log: History["log"]): number[] =>
  [...log.values()]
    .flat()
    .map(({ storedAtMs }) => storedAtMs)
    .sort((left, right) => left - right);
