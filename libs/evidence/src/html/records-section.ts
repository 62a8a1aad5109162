import type { EvidenceFile } from "../evidence-file.ts";
import type { SequencedEvent, TimelineEntry } from "@p4/channel";
import { codeText, escapeHtml } from "./escape.ts";

/** Each event with its bytes as stored, and in it the message or callback exactly as received. */
export function recordsSection(file: EvidenceFile, timeline: readonly TimelineEntry[]): string {
  const byVersion = new Map(timeline.map((entry) => [entry.streamVersion, entry]));
  const records = file.events.map(({ value, line }) => {
    const entry = byVersion.get(value.streamVersion);
    const raw = entry === undefined ? null : rawOf(entry.event);
    const what =
      entry === undefined ? "" : ` ${escapeHtml(entry.what)} <span class="place">from ${escapeHtml(entry.from)}</span>`;
    return `<article id="event-${value.streamVersion}">
<h3>Event ${value.streamVersion}${what}</h3>
${raw === null ? "" : disclosure("As received", raw)}
${disclosure(`As stored (line ${line} of the file)`, value.text)}
</article>`;
  });
  const blocks = file.blocks.map(({ value, part }) => {
    const height = value.height === null ? "" : `, height ${value.height}`;
    return `<li>${escapeHtml(part)} from ${escapeHtml(value.source)}${height}: ${codeText(value.header)}</li>`;
  });
  return `<section id="records-section" aria-labelledby="records">
<h2 id="records">Messages and records</h2>
<p class="hint">Open what you want to read; what is open is printed.</p>
${records.join("\n")}
${blocks.length === 0 ? "" : `<h3>Block headers</h3>\n<ul class="blocks">\n${blocks.join("\n")}\n</ul>`}
</section>`;
}

function disclosure(title: string, text: string): string {
  const size = `${new TextEncoder().encode(text).length} bytes`;
  return `<details><summary>${title} <span class="place">${size}</span></summary><pre tabindex="0" dir="ltr">${escapeHtml(text)}</pre></details>`;
}

function rawOf(event: SequencedEvent): string | null {
  switch (event.type) {
    case "ProofRecorded":
      return event.data.proof.raw;
    case "DoubleSpendReported":
      return event.data.doubleSpend.raw;
    case "TransactionRejected":
      return event.data.rejection.raw;
    case "ProofRevoked":
      return event.data.revocation.raw;
    default:
      return "message" in event.data ? event.data.message.raw : null;
  }
}
