import type { EventLog } from "@p4/event-store";

/** The log with some of its calls replaced: held back, failing, counted. */
export function logWith(log: EventLog, replaced: Partial<EventLog>): EventLog {
  return {
    appendToStream: (request) => log.appendToStream(request),
    readStream: (...args) => log.readStream(...args),
    streamVersions: (...args) => log.streamVersions(...args),
    scan: (...args) => log.scan(...args),
    ...replaced,
  };
}
