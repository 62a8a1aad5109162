import { eventTexts, heardBy, keyOf, roleListeners, speakerOf, type Timeline } from "@p4/channel";
import type { CutText, EntryView } from "../views/views.ts";

/** Characters of one text that a timeline brings along; the whole is a request of its own. */
const maxTextLength = 4_096;
/** Characters of all texts of one timeline. */
const maxTotalLength = 1_000_000;

/** A timeline as the page shows it, each event with what it had the parties sent. */
export function entryViews({ channel, entries }: Timeline): readonly EntryView[] {
  const { context } = channel.snapshot;
  let left = maxTotalLength;
  let expiresAtMs = 0;
  const cut = (text: string | null): CutText | null => {
    if (text === null) return null;
    const shown = text.slice(0, Math.min(maxTextLength, left));
    left -= shown.length;
    return { text: shown, length: text.length };
  };
  return entries.map((entry): EntryView => {
    const { event, atMs, sincePreviousMs, streamVersion, from, what, before, after, detail, pending } = entry;
    if (event.type === "ChannelOpened" || event.type === "DeadlineExtended") expiresAtMs = event.data.expiresAtMs;
    const heard = (role: "merchant" | "customer"): string[] => {
      const message = heardBy(roleListeners[role], event, context);
      return message === null ? [] : [keyOf(message)];
    };
    const speaker = speakerOf(event);
    const { raw, body } = eventTexts(event);
    return {
      ...{ streamVersion, atMs, sincePreviousMs, from, what, before, after, pending, expiresAtMs },
      detail: detail.slice(0, maxTextLength),
      sent: { merchant: heard("merchant"), customer: heard("customer") },
      type: event.type,
      bytes: event.sizeBytes,
      nodeId: speaker?.nodeId ?? null,
      connectionId: speaker?.connectionId ?? null,
      body: cut(body),
      raw: cut(raw),
    };
  });
}
