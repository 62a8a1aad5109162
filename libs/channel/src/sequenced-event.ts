import { utf8Bytes } from "@p4/protocol";
import { decodeEvent } from "./event-codec.ts";
import type { ChannelEvent, ChannelEventType } from "./events.ts";

/** An event with its place in the channel's stream. The version is the broker's: it grows with gaps. */
export type SequencedEvent<Type extends ChannelEventType = ChannelEventType> = Extract<ChannelEvent, { type: Type }> & {
  readonly streamVersion: number;
  /** Of its stored text, in UTF-8. */
  readonly sizeBytes: number;
};

/** An event at its place, with its stored text. */
export function sequence(event: ChannelEvent, text: string, streamVersion: number): SequencedEvent {
  return { ...event, streamVersion, sizeBytes: utf8Bytes(text) };
}

/**
 * Reads a stored text at its place. What `foldStored` does beside, the hash chain and the machine, is not looked at.
 *
 * @throws LogError LOG_EVENT_CORRUPT or LOG_EVENT_TOO_NEW.
 */
export function readStored(text: string, streamVersion: number): SequencedEvent {
  return sequence(decodeEvent(text, streamVersion), text, streamVersion);
}
