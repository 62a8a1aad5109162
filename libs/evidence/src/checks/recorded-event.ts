import type { ChannelEvent, ChannelEventType } from "@p4/channel";
import { failed, type CheckCode, type EvidenceCheck } from "../report.ts";

/** A stored event that has been read, with its place in the file and its place in the hash chain. */
export interface RecordedEvent<Type extends ChannelEventType = ChannelEventType> {
  readonly line: number;
  readonly part: string;
  readonly streamVersion: number;
  readonly storedAtMs: number;
  /** SHA-256 of the stored bytes. */
  readonly hash: string;
  readonly event: Extract<ChannelEvent, { type: Type }>;
}

/** The events of some types. */
export function eventsOf<Type extends ChannelEventType>(
  events: readonly RecordedEvent[],
  ...types: readonly Type[]
): readonly RecordedEvent<Type>[] {
  const wanted: readonly string[] = types;
  return events.filter(({ event }) => wanted.includes(event.type)) as unknown as readonly RecordedEvent<Type>[];
}

/**
 * Checks events one by one. Only the frame of an event has been looked at when it was read: one with other data than its
 * type has must become a failed check and never an exception.
 */
export function checkEach<Type extends ChannelEventType>(
  code: CheckCode,
  events: readonly RecordedEvent<Type>[],
  check: (recorded: RecordedEvent<Type>) => readonly EvidenceCheck[],
): readonly EvidenceCheck[] {
  return events.flatMap((recorded) => {
    try {
      return check(recorded);
    } catch (error) {
      const detail = error instanceof Error ? error.message : "unknown fault";
      return [
        failed(code, `The event does not have the data of its type ${recorded.event.type}: ${detail}.`, recorded),
      ];
    }
  });
}
