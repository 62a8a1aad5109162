import type { EventLog, ReadOptions } from "./event-log.ts";
import type { StoredEvent } from "./stored-event.ts";

/** Bytes of a channel's log that one reader holds at a time. */
const defaultPortionBytes = 2_000_000;

export interface PortionOptions extends Omit<ReadOptions, "maxBytes" | "maxEvents"> {
  /** A portion has somewhat more. Default 2 MB. */
  readonly portionBytes?: number;
}

/** Reads a channel a portion at a time, so that a large one is never held whole. Rejects as `readStream`. */
export async function* readInPortions(
  log: Pick<EventLog, "readStream">,
  channelId: string,
  { portionBytes = defaultPortionBytes, ...options }: PortionOptions = {},
): AsyncGenerator<StoredEvent[]> {
  for (let { afterVersion = 0 } = options; ;) {
    const events = await log.readStream(channelId, { ...options, afterVersion, maxBytes: portionBytes });
    const last = events.at(-1);
    if (last === undefined) return;
    yield events;
    if (bytesOf(events) < portionBytes) return;
    afterVersion = last.streamVersion;
  }
}

export function bytesOf(events: readonly StoredEvent[]): number {
  return events.reduce((sum, { bytes }) => sum + bytes.length, 0);
}

/** The first events, up to and including the one that reaches the number of bytes. */
export function firstBytes<Event extends StoredEvent>(events: readonly Event[], maxBytes = Infinity): Event[] {
  let sum = 0;
  const over = events.findIndex(({ bytes }) => (sum += bytes.length) >= maxBytes);
  return over === -1 ? [...events] : events.slice(0, over + 1);
}
