import { detailLines, violationLines } from "../campaign/report-text.ts";
import type { HandoverReport } from "./handover.ts";

/** Clients saw at most a reconnection, and the process exited cleanly. */
export function isHandoverClean(report: HandoverReport): boolean {
  const { failedPayments, violations, drainEnd, connectionsBroken, neverBack, channelsHandedOver } = report;
  const isQuiet = failedPayments.length === 0 && violations.length === 0 && connectionsBroken === 0 && neverBack === 0;
  return isQuiet && channelsHandedOver > 0 && drainEnd.code === 0;
}

export function handoverText(report: HandoverReport): string {
  const { gapMs, drainEnd, failedPayments } = report;
  const lines = [
    `${String(report.channels)} channels, ${String(report.paymentsPerSecond)} payments a second, nats-server ${report.natsServer}`,
    `channels handed over      ${String(report.channelsHandedOver)}  (${String(report.connectionsDrained)} connections closed with 4200)`,
    `connections broken        ${String(report.connectionsBroken)}, wallets that never came back ${String(report.neverBack)}`,
    `payments under way then   ${String(report.underWayAtSignal)}`,
    `failed payments           ${String(failedPayments.length)}`,
    ...detailLines(failedPayments),
    `gap of a client           median ${String(gapMs.median)} ms, p99 ${String(gapMs.p99)} ms, longest ${String(gapMs.longest)} ms`,
    `the drained process       ended after ${String(report.drainMs)} ms, ${drainEnd.signal ?? `exit code ${String(drainEnd.code)}`}`,
    ...violationLines(report.violations),
  ];
  return lines.join("\n");
}
