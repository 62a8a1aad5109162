import { longestWithoutConnection } from "../checker/figures.ts";
import { receiptWaits } from "../checker/receipt-waits.ts";
import { waitsOf, type Waits } from "../checker/waits.ts";
import { sessionsOf } from "../checker/sessions.ts";
import type { WalletRecord } from "../wallets/wallet-record.ts";

/** Milliseconds since 1970. */
export interface LeaderMoments {
  readonly begunAtMs: number;
  readonly killedAtMs: number;
  readonly restartedAtMs: number;
  /** When the last payment was due to begin. */
  readonly endAtMs: number;
}

const phases = ["before", "during", "after"] as const;
export type Phase = (typeof phases)[number];

/** How the loss of a leader felt to the wallets. */
export interface LeaderFigures {
  /** Payments a second that really began, and that were completed, while they were due to begin. */
  readonly begunPerSecond: number;
  readonly completedPerSecond: number;
  /** By when the message was first sent: before the kill, until the restart, after it. */
  readonly receiptMs: Readonly<Record<Phase, Waits>>;
  /** From the opening of the channel to the end of its payment, by when it began. */
  readonly paymentMs: Readonly<Record<Phase, Waits>>;
  /** The longest wait of each client for a receipt. */
  readonly unavailability: {
    readonly clients: number;
    readonly p99Ms: number;
    readonly longestMs: number;
    readonly overOneSecond: number;
  };
  /** Of any client, its first one included. */
  readonly longestWithoutConnectionMs: number;
}

export function leaderFigures(records: readonly WalletRecord[], moments: LeaderMoments): LeaderFigures {
  const waits = receiptWaits(records);
  const longestOfClient = new Map<string, number>();
  for (const { session, waitedMs } of waits) {
    longestOfClient.set(session, Math.max(waitedMs, longestOfClient.get(session) ?? 0));
  }
  const longest = [...longestOfClient.values()];
  const unavailable = waitsOf(longest);
  const payments = paymentsOf(records);
  const seconds = (moments.endAtMs - moments.begunAtMs) / 1_000;
  const isInTime = (atMs: number): boolean => atMs >= moments.begunAtMs && atMs <= moments.endAtMs;
  return {
    begunPerSecond: payments.filter(({ startedAtMs }) => isInTime(startedAtMs)).length / seconds,
    completedPerSecond: payments.filter(({ doneAtMs }) => doneAtMs !== null && isInTime(doneAtMs)).length / seconds,
    receiptMs: byPhase(
      waits.map(({ sentAtMs, waitedMs }) => [sentAtMs, waitedMs]),
      moments,
    ),
    paymentMs: byPhase(
      payments.flatMap(({ startedAtMs, doneAtMs }) =>
        doneAtMs === null ? [] : [[startedAtMs, doneAtMs - startedAtMs] as const],
      ),
      moments,
    ),
    unavailability: {
      clients: unavailable.count,
      p99Ms: unavailable.p99,
      longestMs: unavailable.longest,
      overOneSecond: longest.filter((waitedMs) => waitedMs > 1_000).length,
    },
    longestWithoutConnectionMs: longestWithoutConnection(sessionsOf(records)),
  };
}

interface TimedPayment {
  readonly startedAtMs: number;
  /** Null: it was not completed. */
  doneAtMs: number | null;
}

function paymentsOf(records: readonly WalletRecord[]): TimedPayment[] {
  const payments = new Map<string, TimedPayment>();
  for (const record of records) {
    if (record.kind !== "flow") continue;
    const { channelId, step, detail, atMs } = record;
    if (step === "started") payments.set(channelId, { startedAtMs: atMs, doneAtMs: null });
    const payment = payments.get(channelId);
    if (step === "finished" && detail === "done" && payment !== undefined) payment.doneAtMs = atMs;
  }
  return [...payments.values()];
}

function byPhase(timed: readonly (readonly [atMs: number, waitedMs: number])[], moments: LeaderMoments) {
  const waits: Record<Phase, number[]> = { before: [], during: [], after: [] };
  for (const [atMs, waitedMs] of timed) {
    waits[atMs < moments.killedAtMs ? "before" : atMs < moments.restartedAtMs ? "during" : "after"].push(waitedMs);
  }
  return Object.fromEntries(phases.map((phase) => [phase, waitsOf(waits[phase])])) as Record<Phase, Waits>;
}
