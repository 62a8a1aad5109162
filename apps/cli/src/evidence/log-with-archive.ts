import type { EventLog } from "@p4/event-store";
import { timeText } from "../human.ts";
import type { Operator } from "../operator/with-node.ts";
import type { VerbContext } from "../verb.ts";

/** Reads a channel from the log, and one that has left the log with its age from the archive; says so then. */
export function logWithArchive(
  context: Pick<VerbContext, "terminal" | "env" | "progress">,
  operator: Operator,
): Pick<EventLog, "readStream"> {
  return {
    async readStream(channelId, options = {}) {
      const events = await operator.node.log.readStream(channelId, options);
      if (events.length > 0) return events;
      // With a limit in time, an empty answer may also mean that the channel had not begun.
      if ((await operator.node.log.streamVersions([channelId])).has(channelId)) return events;
      // Verifying takes a library of keys and hashes, which most commands never need.
      const { archivedEvents, archiveRecordOf } = await import("./archived-events.ts");
      const record = await archiveRecordOf(operator, channelId);
      if (record === null) return events;
      context.terminal.err(
        `channel ${channelId} has left the log: this is the archive of ${timeText(record.archivedAtMs)}`,
      );
      return archivedEvents(context, operator, record, options);
    },
  };
}
