import type { LiveFeed, Subscription } from "../live-feed.ts";
import { assertChannelId } from "../names.ts";
import type { LiveEvent } from "../stored-event.ts";

type Listener = (event: LiveEvent) => void;

/** The live feed in memory: delivers in order, never within the append's own call. */
export class InMemoryLiveFeed implements LiveFeed {
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #reconnectListeners = new Set<() => void>();
  #toLose = 0;

  subscribe(channelId: string, listener: Listener): Subscription {
    assertChannelId(channelId);
    // A wrapper, so that the same function may be subscribed twice.
    const own: Listener = (event) => listener(event);
    const listeners = this.#listeners.get(channelId) ?? new Set();
    this.#listeners.set(channelId, listeners.add(own));
    return {
      unsubscribe: () => {
        listeners.delete(own);
        if (listeners.size === 0) this.#listeners.delete(channelId);
      },
    };
  }

  onReconnect(listener: () => void): Subscription {
    this.#reconnectListeners.add(listener);
    return { unsubscribe: () => this.#reconnectListeners.delete(listener) };
  }

  async settled(): Promise<void> {
    await Promise.resolve();
  }

  deliver(event: LiveEvent): void {
    if (this.#toLose > 0) {
      this.#toLose -= 1;
      return;
    }
    queueMicrotask(() => {
      for (const listener of this.#listeners.get(event.channelId) ?? []) listener(event);
    });
  }

  loseNext(count: number): void {
    this.#toLose += count;
  }

  reconnect(): void {
    for (const listener of this.#reconnectListeners) listener();
  }
}
