import type { TimelineEntry } from "@p4/channel";

/** One entry of a timeline for programs, whether it comes from the log or out of an evidence file. */
export function timelineEntryView({ event, atMs, waiting: _, ...entry }: TimelineEntry) {
  return { ...entry, at: new Date(atMs).toISOString(), type: event.type, eventId: event.metadata.eventId };
}
