import { detailLines, keptLines, violationLines } from "../campaign/report-text.ts";
import type { EdgeFigures } from "./outage-figures.ts";
import type { OutageReport } from "./outage.ts";

/** "Within seconds": a broker that is killed is missed at once, one that falls silent when questions stay unanswered. */
const notReadyWithinMs = 15_000;
const readyAgainWithinMs = 30_000;

/** Each promise that was not kept, in a line; none: the outage cost waiting and nothing else. */
export function brokenPromises(report: OutageReport): string[] {
  const { socketsClosed, restarted, missed, failedPayments, violations, finalRefusals, refusals } = report;
  const counted = {
    "sockets were closed": socketsClosed.length,
    "edges were restarted": restarted.length,
    "customers never heard what was stored meanwhile": missed.neverTold,
    "customers heard something later first": missed.toldOutOfOrder,
    "messages were refused for good": finalRefusals,
    "payments failed": failedPayments.length,
    "violations were found": violations.length,
  };
  const broken = Object.entries(counted).flatMap(([what, count]) => (count === 0 ? [] : [`${String(count)} ${what}`]));
  if (missed.told === 0) broken.push("no customer had anything to miss");
  if (report.paymentsBegunMeanwhile === 0) broken.push("no payment began in the outage");
  if (Object.keys(refusals).length === 0) broken.push("no message was refused in the outage");
  return [...broken, ...report.edges.flatMap(brokenByEdge)];
}

function brokenByEdge({ name, notReadyAfterMs, reasons, readyAgainAfterMs, ...joins }: EdgeFigures): string[] {
  const isTold = notReadyAfterMs !== null && notReadyAfterMs <= notReadyWithinMs && reasons.length > 0;
  const isBack = readyAgainAfterMs !== null && readyAgainAfterMs <= readyAgainWithinMs;
  const lines = [
    isTold ? "" : "did not say within 15 s, with a reason, that it is not ready",
    isBack ? "" : "was not ready again within 30 s",
    joins.joinsRefused > 0 ? "" : "refused no newcomer",
    joins.joinsMishandled.length === 0 ? "" : `newcomers: ${[...new Set(joins.joinsMishandled)].join(", ")}`,
  ];
  return lines.filter((line) => line !== "").map((line) => `${name} ${line}`);
}

export function outageText(report: OutageReport): string {
  const { options, missed, refusals, failedPayments, violations, socketsClosed } = report;
  const brokers = options.brokers === 1 ? "the broker" : "all three brokers";
  const codes = Object.entries(refusals).map(([code, count]) => `${code} ${String(count)}`);
  const lines = [
    `${brokers} ${options.cut ? "cut off" : "killed"} for ${String(options.seconds)} s, ${String(options.channels)} channels, nats-server ${report.natsServer}`,
    `sockets open then         ${String(report.socketsOpen)}, closed ${String(socketsClosed.length)}`,
    ...[...new Set(socketsClosed)].map((closed) => `    ${closed}`),
    ...report.edges.flatMap(edgeLines),
    ...(report.storedAgainAfterMs === null
      ? []
      : [`stored again elsewhere    ${String(report.storedAgainAfterMs)} ms after the brokers' start`]),
    `edges restarted           ${report.restarted.join(", ") || "none"}`,
    `messages refused then     ${codes.join(", ") || "none"}; for good ${String(report.finalRefusals)}`,
    `payments begun then       ${String(report.paymentsBegunMeanwhile)}`,
    `failed payments           ${String(failedPayments.length)} of ${String(options.channels)}`,
    ...detailLines(failedPayments),
    `stored elsewhere meanwhile  told ${String(missed.told)}, never ${String(missed.neverTold)}, after something later ${String(missed.toldOutOfOrder)}`,
    `    told after the healing: median ${String(missed.afterMs.median)} ms, longest ${String(missed.afterMs.longest)} ms`,
    ...violationLines(violations),
    ...keptLines(brokenPromises(report)),
  ];
  return lines.join("\n");
}

/** The same reason comes with a growing number. */
function withoutCounts(reason: string): string {
  return reason.replace(/\d+ appends/u, "some appends");
}

function edgeLines({
  name,
  notReadyAfterMs,
  reasons,
  readyAgainAfterMs,
  joinsRefused,
  ...joins
}: EdgeFigures): string[] {
  const ms = (value: number | null): string => (value === null ? "never" : `after ${String(value)} ms`);
  return [
    `${name.padEnd(26)}not ready ${ms(notReadyAfterMs)}, ready again ${ms(readyAgainAfterMs)}`,
    ...[...new Set(reasons.map(withoutCounts))].map((reason) => `    ${reason}`),
    `    newcomers refused ${String(joinsRefused)}, treated otherwise ${String(joins.joinsMishandled.length)}`,
  ];
}
