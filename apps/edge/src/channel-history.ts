import { readStored, type Channel, type SequencedEvent } from "@p4/channel";
import type { EventLog } from "@p4/event-store";

/** A channel that is kept live: its `channel` is the state right now. */
export interface LiveChannel {
  readonly channelId: string;
  readonly followed: { readonly channel: Channel };
}

/** What a channel's log holds after a sequence that the peer has seen: read page by page until it meets the live state. */
export class ChannelHistory {
  readonly events: SequencedEvent[] = [];
  /** False when the peer names a sequence that this log does not have: it may have seen another one. */
  readonly isComplete: boolean;
  readonly #channel: LiveChannel;
  readonly #log: EventLog;
  #version: number;

  constructor(channel: LiveChannel, since: number, log: EventLog) {
    this.#channel = channel;
    this.#log = log;
    this.isComplete = since <= channel.followed.channel.streamVersion;
    this.#version = this.isComplete ? since : 0;
  }

  get isBehind(): boolean {
    return this.#version < this.#channel.followed.channel.streamVersion;
  }

  async readOn(): Promise<void> {
    const upTo = this.#channel.followed.channel.streamVersion;
    const stored = await this.#log.readStream(this.#channel.channelId, { afterVersion: this.#version });
    for (const { bytes, streamVersion } of stored) {
      // The log may be ahead of the live state: what comes after that is still to be heard live, once.
      if (streamVersion > this.#channel.followed.channel.streamVersion) break;
      this.events.push(readStored(decoder.decode(bytes), streamVersion));
      this.#version = streamVersion;
    }
    // A lagging replica may have less than the live state: what it lacks comes with the next look.
    if (stored.length === 0 && this.#version < upTo) await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const decoder = new TextDecoder("utf-8", { fatal: true });
