import type { Channel, SequencedEvent } from "@p4/channel";

/** An event that this node has stored, and its channel behind it. */
export interface StoredHere {
  readonly nodeId: string;
  readonly channelId: string;
  readonly event: SequencedEvent;
  readonly channel: Channel;
}
