import { listOf, violationLines } from "../campaign/report-text.ts";
import { countBy } from "../checker/figures.ts";
import { regionSabotages } from "./region-sabotage.ts";
import type { RegionCampaignReport } from "./region-campaign.ts";

export function regionCampaignText(report: RegionCampaignReport): string {
  const { outcome, reasons } = report.verdict;
  const { seed, minutes, sabotage, figures, moves, planned, commands, tails, violations } = report;
  const { receiptWaitMs: wait } = figures;
  const broken = sabotage === null ? "" : `, sabotage ${sabotage}: ${regionSabotages[sabotage]}`;
  const untroubled = moves.filter(({ trouble }) => trouble === null).length;
  const lines = [
    `three sites, class ${report.class}, seed ${String(seed)}, ${String(minutes)} minutes${broken}`,
    row("payments", `${String(figures.flows)} begun: ${listOf(figures.payments)}`),
    row(
      "log of the last home",
      `${String(figures.channels)} channels, ${String(figures.events)} events, epoch ${String(report.epochs)}`,
    ),
    row(
      "wire",
      `${String(figures.messagesSent)} sent, ${String(figures.receipts)} receipts, ${String(figures.connections)} connections`,
    ),
    row("moves", `${String(untroubled)} of ${String(planned)} planned carried out`),
    row("faults", listOf(figures.faults)),
    row(
      "p4 region",
      listOf(countBy(commands.map(({ command, outcome: end }) => `${command.split(" ", 1)[0] ?? ""} ${end}`))),
    ),
    row(
      "events that homes given up had alone",
      `${String(tails.events)}, of them acknowledged ${String(tails.acknowledged)}`,
    ),
    row(
      "wait for a receipt",
      `median ${String(wait.median)} ms, p99 ${String(wait.p99)} ms, longest ${String(wait.longest)} ms`,
    ),
    row("longest without an append", `${String(report.longestWithoutAppendMs)} ms`),
    row("processes ended by themselves", listOf(report.ownEnds) || "none"),
    ...violationLines(violations, width),
    ...moves.flatMap(({ kind, trouble }) => (trouble === null ? [] : [`  not carried out: ${kind}: ${trouble}`])),
    `${outcome}${reasons.length === 0 ? "" : `: ${reasons.join("; ")}`}`,
  ];
  return lines.join("\n");
}

const width = 38;
const row = (what: string, value: string): string => `${what.padEnd(width)}${value}`;
