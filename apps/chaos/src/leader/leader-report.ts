import { detailLines, violationLines } from "../campaign/report-text.ts";
import type { Waits } from "../checker/waits.ts";
import type { Phase } from "./leader-figures.ts";
import type { LeaderReport } from "./leader.ts";

/** Below this part of the rate asked for, the report says that it was not reached. */
const reachedFraction = 0.95;

export function isLeaderClean({ failedPayments, violations }: LeaderReport): boolean {
  return failedPayments.length === 0 && violations.length === 0;
}

export function leaderText(report: LeaderReport): string {
  const { rate, begunPerSecond, completedPerSecond, unavailability, failedPayments, violations } = report;
  const isReached = Math.min(begunPerSecond, completedPerSecond) >= rate * reachedFraction;
  const lines = [
    `${String(rate)} payments a second for ${String(report.seconds)} s, on ${report.openFirst ? "open" : "new"} channels, nats-server ${report.natsServer}; killed the leader of ${String(report.streamsLed)} streams`,
    `rate                      ${begunPerSecond.toFixed(1)} begun, ${completedPerSecond.toFixed(1)} completed a second${isReached ? "" : "  (NOT REACHED on this machine)"}`,
    `failed payments           ${String(failedPayments.length)}`,
    ...detailLines(failedPayments),
    `unavailability per client p99 ${String(unavailability.p99Ms)} ms, longest ${String(unavailability.longestMs)} ms, over 1 s ${String(unavailability.overOneSecond)} of ${String(unavailability.clients)}`,
    `longest without a server  ${String(report.longestWithoutConnectionMs)} ms`,
    ...phaseLines("receipt", report.receiptMs),
    ...phaseLines("whole payment", report.paymentMs),
    ...violationLines(violations),
  ];
  return lines.join("\n");
}

function phaseLines(what: string, waits: Readonly<Record<Phase, Waits>>): string[] {
  return Object.entries(waits).map(
    ([phase, { count, median, p99, longest }]) =>
      `${`${what}, ${phase}`.padEnd(26)}p50 ${String(median)} ms, p99 ${String(p99)} ms, longest ${String(longest)} ms (${String(count)})`,
  );
}
