import { speakerOf, type Participant, type TimelineEntry } from "@p4/channel";
import { codeText, escapeHtml } from "./escape.ts";
import { table } from "./table.ts";
import { timeElement } from "./time.ts";

/** The connections that took part, in the order in which they came. */
export function partiesSection(timeline: readonly TimelineEntry[]): string {
  const parties = new Map<string, { participant: Participant; firstAtMs: number; messages: number }>();
  for (const { event, atMs } of timeline) {
    const participant = speakerOf(event);
    if (participant === null) continue;
    const known = parties.get(participant.connectionId);
    parties.set(participant.connectionId, {
      // A later event knows the role of a connection that had none when it came.
      participant: participant.role === null && known !== undefined ? known.participant : participant,
      firstAtMs: known?.firstAtMs ?? atMs,
      messages: (known?.messages ?? 0) + ("message" in event.data ? 1 : 0),
    });
  }
  if (parties.size === 0) return "";
  const columns = [
    { name: "Connection", heading: true },
    { name: "Role" },
    { name: "How it is known" },
    { name: "Node" },
    { name: "First seen" },
    { name: "Messages" },
  ];
  const rows = [...parties.values()].map(({ participant, firstAtMs, messages }) => [
    codeText(participant.connectionId),
    escapeHtml(participant.role ?? "unknown"),
    participant.role === null ? "" : participant.explicit ? "claimed on joining" : "from its messages",
    codeText(participant.nodeId),
    timeElement(firstAtMs),
    String(messages),
  ]);
  return `<section aria-labelledby="parties">\n<h2 id="parties">Who took part</h2>\n${table("Connections, as the server saw them", columns, rows)}\n</section>`;
}
