import type { FollowedChannel, SubmitResult } from "@p4/channel-host";
import type { Channel, ChannelCommand, RememberedEvent, SequencedEvent, WalletEventType } from "@p4/channel";
import type { EdgeContext } from "../edge-context.ts";
import { followChannel } from "./follow-channel.ts";
import { onAnyAbort } from "./on-any-abort.ts";

/** One request's view of a channel: its live state, and the wait until that state holds what is looked for. */
export class ChannelWatch {
  readonly #followed: FollowedChannel;
  readonly #listeners: Set<() => void>;

  private constructor(followed: FollowedChannel, listeners: Set<() => void>) {
    this.#followed = followed;
    this.#listeners = listeners;
  }

  /** @throws StoreError, LogError. Needs a `release`. */
  static async open(channelId: string, context: EdgeContext): Promise<ChannelWatch> {
    const listeners = new Set<() => void>();
    const followed = await followChannel(
      channelId,
      () => {
        for (const listener of [...listeners]) listener();
      },
      context,
    );
    try {
      await followed.expireIfOverdue(context.nowMs());
    } catch (error) {
      followed.release();
      throw error;
    }
    return new ChannelWatch(followed, listeners);
  }

  get channel(): Channel {
    return this.#followed.channel;
  }

  get channelId(): string {
    return this.#followed.channelId;
  }

  submit(command: ChannelCommand): Promise<SubmitResult> {
    return this.#followed.submit(command);
  }

  /** @throws StoreError, LogError */
  recall<Type extends WalletEventType>(event: RememberedEvent<Type>): Promise<SequencedEvent<Type>> {
    return this.#followed.recall(event);
  }

  release(): void {
    this.#followed.release();
  }

  /** What `find` sees in the channel, as soon as it sees it. Null: not within the time, or one of the signals came. */
  until<Found>(
    find: (channel: Channel) => Found | null,
    waitMs: number,
    signals: readonly AbortSignal[],
  ): Promise<Found | null> {
    const found = find(this.channel);
    if (found !== null || waitMs === 0 || signals.some((signal) => signal.aborted)) return Promise.resolve(found);
    return new Promise((resolve) => {
      const look = (): void => {
        const seen = find(this.channel);
        if (seen !== null) settle(seen);
      };
      const settle = (result: Found | null): void => {
        clearTimeout(timer);
        this.#listeners.delete(look);
        undo();
        resolve(result);
      };
      const timer = setTimeout(() => settle(null), waitMs);
      this.#listeners.add(look);
      const undo = onAnyAbort(signals, () => settle(null));
    });
  }
}
