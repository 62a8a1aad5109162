import type { CampaignReport } from "./run-campaign.ts";

const shownViolations = 20;

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
  const found = violations.slice(0, shownViolations).map((v) => `  ${v.code} ${v.channelId}: ${v.detail}`);
  const more = violations.length - found.length;
  return [...lines, ...found, ...(more > 0 ? [`  and ${String(more)} more`] : [])].join("\n");
}

function listOf(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .sort(([, left], [, right]) => right - left)
    .map(([name, count]) => `${name} ${String(count)}`)
    .join(", ");
}
