import { notProved, proved, type EvidenceCheck } from "../report.ts";
import { timeText } from "../time-text.ts";
import type { EvidenceFile } from "../evidence-file.ts";
import type { RecordedEvent } from "./recorded-event.ts";

/** The order of events is the chain's; times are what the machines' clocks said. A clock that went back is named. */
export function checkClock(file: EvidenceFile, events: readonly RecordedEvent[]): readonly EvidenceCheck[] {
  const checks: EvidenceCheck[] = [];
  let previous: RecordedEvent | undefined;
  for (const recorded of events) {
    if (previous !== undefined) {
      const edgeMs = previous.event.metadata.recordedAtMs - recorded.event.metadata.recordedAtMs;
      const brokerMs = previous.storedAtMs - recorded.storedAtMs;
      if (edgeMs > 0) checks.push(wentBack("the server's clock", edgeMs, previous, recorded));
      if (brokerMs > 0) checks.push(wentBack("the broker's clock", brokerMs, previous, recorded));
    }
    previous = recorded;
  }
  const { exportedAtMs } = file.header.value;
  if (previous !== undefined && exportedAtMs < previous.storedAtMs) {
    const statement = `The export's time, ${timeText(exportedAtMs)}, is before the last event's: one of the clocks was wrong.`;
    checks.push(notProved("CLOCK", statement, file.header));
  }
  if (checks.length === 0) checks.push(proved("CLOCK", "No time in the file is before that of the event before it."));
  const statement =
    "That the clocks were right is not proved: the times are those of the operator's own machines. The order of events does not depend on them.";
  return [...checks, notProved("CLOCK", statement)];
}

function wentBack(clock: string, byMs: number, previous: RecordedEvent, recorded: RecordedEvent): EvidenceCheck {
  const statement = `Between event ${previous.streamVersion} and this one ${clock} went back by ${byMs} ms: times around here are not proved.`;
  return notProved("CLOCK", statement, recorded);
}
