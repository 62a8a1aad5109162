import { violationCodes, type Violation } from "../checker/history.ts";
import type { UnfinishedPayment } from "../checker/unfinished-payments.ts";
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
    ...violationLines(violations),
  ];
  return lines.join("\n");
}

/** How many violations there are, and of each kind the first ones. */
export function violationLines(violations: readonly Violation[], width = 26): string[] {
  const kinds = violationCodes.flatMap((code) => {
    const found = violations.filter((violation) => violation.code === code);
    return found.length === 0 ? [] : [`  ${code} ${String(found.length)}`, ...detailLines(found, shownOfEachKind)];
  });
  return [`${"violations".padEnd(width)}${String(violations.length)}`, ...kinds];
}

/** The first of what went wrong, each with its channel. */
export function detailLines(faults: readonly (Violation | UnfinishedPayment)[], shown = 5): string[] {
  return faults.slice(0, shown).map(({ channelId, detail }) => `    ${channelId}: ${detail}`);
}

/** Whether all was kept, and each promise that was not. */
export function keptLines(broken: readonly string[], otherwise = "NOT KEPT"): string[] {
  return [broken.length === 0 ? "every promise was kept" : otherwise, ...broken.map((line) => `    ${line}`)];
}

export function listOf(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .sort(([, left], [, right]) => right - left)
    .map(([name, count]) => `${name} ${String(count)}`)
    .join(", ");
}
