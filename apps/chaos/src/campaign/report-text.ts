import { violationCodes, type Violation } from "../checker/history.ts";
import type { CampaignReport } from "./campaign.ts";

const shownOfEachKind = 3;

export function reportText({
  seed,
  minutes,
  natsServer,
  figures,
  violations,
  ownEnds,
  sabotage,
}: CampaignReport): string {
  const { receiptWaitMs: wait, stalledPeers } = figures;
  const lines = [
    `seed ${String(seed)}, ${String(minutes)} minutes, nats-server ${natsServer}${sabotage === null ? "" : `, sabotage ${sabotage}`}`,
    `flows                     ${String(figures.flows)}  (${listOf(figures.flowsByEnd)})`,
    `payments                  ${listOf(figures.payments)}`,
    `log                       ${String(figures.channels)} channels, ${String(figures.events)} events`,
    `wire                      ${String(figures.messagesSent)} sent, ${String(figures.receipts)} receipts, ${String(figures.deliveries)} delivered, ${String(figures.connections)} connections`,
    `faults                    ${listOf(figures.faults)}`,
    `wait for a receipt        median ${String(wait.median)} ms, p99 ${String(wait.p99)} ms, longest ${String(wait.longest)} ms`,
    `longest without a server  ${String(figures.longestWithoutConnectionMs)} ms`,
    `peers that did not read   ${String(stalledPeers.met)}, cut off ${String(stalledPeers.cutOff)}`,
    `processes ended by themselves  ${listOf(ownEnds) || "none"}`,
    `losses                    ${String(figures.losses)}`,
    `violations                ${String(figures.violations)}`,
  ];
  return [...lines, ...violationLines(violations)].join("\n");
}

/** The violations by kind, with the first of each. */
export function violationLines(violations: readonly Violation[]): string[] {
  return violationCodes.flatMap((code) => {
    const found = violations.filter((violation) => violation.code === code);
    const shown = found.slice(0, shownOfEachKind).map(({ channelId, detail }) => `    ${channelId}: ${detail}`);
    return found.length === 0 ? [] : [`  ${code} ${String(found.length)}`, ...shown];
  });
}

export function listOf(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .sort(([, left], [, right]) => right - left)
    .map(([name, count]) => `${name} ${String(count)}`)
    .join(", ");
}
