import type { ChannelEvent, ChannelEventType } from "./events.ts";

/** An event with its place in the channel's stream. The version is the broker's: it grows with gaps. */
export type SequencedEvent<Type extends ChannelEventType = ChannelEventType> = Extract<ChannelEvent, { type: Type }> & {
  readonly streamVersion: number;
};
