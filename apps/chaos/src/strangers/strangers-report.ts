import { detailLines, keptLines, violationLines } from "../campaign/report-text.ts";
import type { Waits } from "../checker/waits.ts";
import type { HonestPhase, StrangersReport } from "./beside-strangers.ts";
import { strangersScenario } from "./strangers-scenario.ts";

const { checks } = strangersScenario;
const shown = 5;

export function strangersText(report: StrangersReport): string {
  const { broken, limit, outcome } = report.verdict;
  const { options, strangers, failedPayments, violations, quiet, hostile } = report;
  const rounds = Object.entries(strangers.rounds).map(([attack, count]) => `${attack} ${String(count)}`);
  const lines = [
    `seed ${String(options.seed)}, ${String(options.minutes)} minutes, ${String(options.rate)} payments a second, nats-server ${report.natsServer}${options.sabotage === null ? "" : `, sabotage ${options.sabotage}`}`,
    `strangers                 ${rounds.join(", ")}; ${mib(strangers.bytesWritten)} of large messages`,
    `honest payments           ${String(report.payments)}, not completed ${String(failedPayments.length)}`,
    ...detailLines(failedPayments),
    `receipts                  ${waitsText(quiet.receiptMs)} alone; ${waitsText(hostile.receiptMs)} beside strangers: ${ratioText(report)}`,
    `whole payments            ${waitsText(quiet.paymentMs)} alone; ${waitsText(hostile.paymentMs)} beside strangers`,
    `edge's memory             ${mib(report.residentBytes)} (at most ${mib(checks.residentBytes)}), held by channels ${mib(report.heldBytes)} (at most ${mib(checks.heldBytes)})`,
    `edge ready                ${String(report.looks - report.unready)} of ${String(report.looks)} looks; ended by itself ${String(report.ownEnds)} times`,
    `errors logged             ${String(report.errorsLogged.length)}`,
    ...[...new Set(report.errorsLogged)].slice(0, shown).map((line) => `    ${line}`),
    `load, alone               ${loadText(quiet)}`,
    `load, beside strangers    ${loadText(hostile)}; strangers' loop ${strangers.loopP99Ms.toFixed(1)} ms late`,
    ...(limit === null ? [] : [`THE LOAD GENERATOR WAS ITSELF THE LIMIT: ${limit}`]),
    ...violationLines(violations),
    `left over                 ${report.leftOver.length === 0 ? "nothing" : ""}`,
    ...Object.entries(report.before).map(
      ([name, count]) => `    ${name.padEnd(32)} ${String(count)} before, ${String(report.after[name] ?? 0)} after`,
    ),
    ...keptLines(broken, outcome === "broken" ? undefined : "NOT DECIDED: the load generator was the limit"),
  ];
  return lines.join("\n");
}

function waitsText({ count, median, p99, longest }: Waits): string {
  return `p50 ${String(median)} ms, p99 ${String(p99)} ms, longest ${String(longest)} ms (${String(count)})`;
}

function ratioText({ quiet, hostile }: StrangersReport): string {
  return `${(hostile.receiptMs.p99 / Math.max(1, quiet.receiptMs.p99)).toFixed(1)}x`;
}

function loadText({ load }: HonestPhase): string {
  const cores = Object.entries(load.cores).map(([name, used]) => `${name} ${used.toFixed(2)}`);
  return `${load.begunPerSecond.toFixed(1)} payments a second begun, wallets' loop ${load.walletsLoopP99Ms.toFixed(1)} ms late (p99), machine ${(load.machineBusy * 100).toFixed(0)} % busy, cores: ${cores.join(", ")}`;
}

export function mib(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(0)} MiB`;
}
