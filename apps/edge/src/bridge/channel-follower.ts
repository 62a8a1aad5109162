import type { FollowedChannel } from "@p4/channel-host";
import {
  heardBy,
  isEnded,
  pendingFor,
  type Channel,
  type Listener,
  type OutgoingMessage,
  type SequencedEvent,
} from "@p4/channel";
import type { EdgeContext } from "../edge-context.ts";
import { ChannelHistory, type HistoryContext } from "../channel-history.ts";
import { followChannel } from "./follow-channel.ts";

interface LiveEvents {
  readonly events: SequencedEvent[];
  /** Called for each new event, and at the end. */
  wake: () => void;
}

/** A silent listener on one channel: what its role may hear, in the log's order, each message once. */
export class ChannelFollower {
  readonly channelId: string;
  readonly #listener: Listener;
  readonly #followed: FollowedChannel;
  readonly #live: LiveEvents;
  readonly #onRelease: () => void;
  #version = 0;
  #released = false;

  private constructor(
    channelId: string,
    listener: Listener,
    followed: FollowedChannel,
    live: LiveEvents,
    onRelease: () => void,
  ) {
    this.#onRelease = onRelease;
    this.channelId = channelId;
    this.#listener = listener;
    this.#followed = followed;
    this.#live = live;
  }

  /** @throws StoreError, LogError. Needs a `release`, which calls `onRelease`, perhaps more than once. */
  static async open(
    channelId: string,
    listener: Listener,
    onRelease: () => void,
    context: EdgeContext,
  ): Promise<ChannelFollower> {
    const live: LiveEvents = { events: [], wake: () => undefined };
    const followed = await followChannel(
      channelId,
      (event) => {
        live.events.push(event);
        live.wake();
      },
      context,
    );
    try {
      await followed.expireIfOverdue(context.nowMs());
    } catch (error) {
      followed.release();
      throw error;
    }
    return new ChannelFollower(channelId, listener, followed, live, onRelease);
  }

  get channel(): Channel {
    return this.#followed.channel;
  }

  /** Ends `messages` as well. */
  release(): void {
    this.#released = true;
    this.#onRelease();
    this.#followed.release();
    this.#live.wake();
  }

  /** Ends after the channel's last event. */
  async *messages(since: number | null, context: HistoryContext): AsyncGenerator<OutgoingMessage> {
    if (since === null) yield* this.#pending();
    yield* this.#replay(since ?? this.#version, context);
    while (!this.#released) {
      for (const event of this.#live.events.splice(0)) yield* this.#heard(event);
      if (this.#isAtEnd()) return;
      if (this.#live.events.length === 0 && !this.#released)
        await new Promise<void>((resolve) => (this.#live.wake = resolve));
    }
  }

  /** Of a channel that is over only the last event is left to be told. */
  *#pending(): Generator<OutgoingMessage> {
    const { snapshot, streamVersion } = this.channel;
    this.#version = isEnded(snapshot) ? streamVersion - 1 : streamVersion;
    yield* pendingFor(this.#listener, snapshot);
  }

  async *#replay(since: number, context: HistoryContext): AsyncGenerator<OutgoingMessage> {
    const history = new ChannelHistory(this.#followed, since, context);
    // Another log than the peer has seen is told from its start.
    this.#version = history.isComplete ? since : 0;
    while (history.isBehind && !this.#released) {
      try {
        await history.readOn();
        for (const event of history.take()) yield* this.#heard(event);
      } finally {
        history.letGo();
      }
    }
  }

  *#heard(event: SequencedEvent): Generator<OutgoingMessage> {
    if (event.streamVersion <= this.#version) return;
    this.#version = event.streamVersion;
    const message = heardBy(this.#listener, event, this.channel.snapshot.context);
    if (message !== null) yield message;
  }

  #isAtEnd(): boolean {
    return isEnded(this.channel.snapshot) && this.#live.events.length === 0;
  }
}
