import type { FollowedChannel } from "@p4/channel-host";
import { readStored, type SequencedEvent } from "@p4/channel";
import { bytesOf, type EventLog } from "@p4/event-store";
import type { NodeMemory } from "./node-memory.ts";

export interface HistoryContext {
  readonly log: EventLog;
  readonly memory: Pick<NodeMemory, "keep">;
}

/** Of the log, read at a time: what a slow listener has not taken yet is kept meanwhile. */
const portionBytes = 262_144;

/** What a channel's log holds after a sequence that the peer has seen: read a portion at a time until it meets the live state. */
export class ChannelHistory {
  readonly #events: SequencedEvent[] = [];
  /** False when the peer names a sequence that this log does not have: it may have seen another one. */
  readonly isComplete: boolean;
  readonly #followed: Pick<FollowedChannel, "channelId" | "channel">;
  readonly #log: EventLog;
  readonly #memory: Pick<NodeMemory, "keep">;
  #kept: { readonly bytes: number; readonly letGo: () => void }[] = [];
  #version: number;

  constructor(
    followed: Pick<FollowedChannel, "channelId" | "channel">,
    since: number,
    { log, memory }: HistoryContext,
  ) {
    this.#memory = memory;
    this.#followed = followed;
    this.#log = log;
    this.isComplete = since <= followed.channel.streamVersion;
    this.#version = this.isComplete ? since : 0;
  }

  get isBehind(): boolean {
    return this.#version < this.#followed.channel.streamVersion;
  }

  /** What of it is in memory, as far as it has not been taken. */
  get keptBytes(): number {
    return this.#kept.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Hands over what has been read; it counts until `letGo`. */
  take(): SequencedEvent[] {
    return this.#events.splice(0);
  }

  /** What was taken is on its way, or wanted no more. */
  letGo(): void {
    for (const { letGo } of this.#kept.splice(0)) letGo();
  }

  async readOn(): Promise<void> {
    const upTo = this.#followed.channel.streamVersion;
    const options = { afterVersion: this.#version, maxBytes: portionBytes };
    const stored = await this.#log.readStream(this.#followed.channelId, options);
    const bytes = bytesOf(stored);
    this.#kept.push({ bytes, letGo: this.#memory.keep(bytes) });
    for (const { bytes, streamVersion } of stored) {
      // The log may be ahead of the live state: what comes after that is still to be heard live, once.
      if (streamVersion > this.#followed.channel.streamVersion) break;
      this.#events.push(readStored(decoder.decode(bytes), streamVersion));
      this.#version = streamVersion;
    }
    // A lagging replica may have less than the live state: what it lacks comes with the next look.
    if (stored.length === 0 && this.#version < upTo) await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const decoder = new TextDecoder("utf-8", { fatal: true });
