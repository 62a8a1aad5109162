import type { TimelineEntry } from "@p4/channel";
import { escapeHtml, nameText, sentenceText } from "./escape.ts";
import { table } from "./table.ts";
import { durationText, timeElement } from "./time.ts";

/** Every event: when, who, what, and the state before and after. */
export function timelineSection(timeline: readonly TimelineEntry[]): string {
  if (timeline.length === 0) return "";
  const columns = [
    { name: "Event", heading: true },
    { name: "Time" },
    { name: "From" },
    { name: "What" },
    { name: "State" },
    { name: "Details" },
  ];
  const rows = timeline.map((entry) => [
    `<a href="#event-${entry.streamVersion}">${entry.streamVersion}</a>`,
    `${timeElement(entry.atMs)} <span class="elapsed">${durationText(entry.elapsedMs)}</span>`,
    escapeHtml(entry.from),
    `<span class="what">${nameText(entry.what)}</span>`,
    stateText(entry),
    entry.detail === "" ? "" : `<bdi>${sentenceText(entry.detail)}</bdi>`,
  ]);
  return `<section aria-labelledby="timeline">\n<h2 id="timeline">What happened</h2>\n${table("Events in the order in which they were stored", columns, rows)}\n</section>`;
}

function stateText({ before, after }: TimelineEntry): string {
  if (before === after) return `<span class="state">${nameText(after)}</span>`;
  return `<span class="state">${nameText(before)}</span> <span aria-label="to">→</span> <span class="state now">${nameText(after)}</span>`;
}
