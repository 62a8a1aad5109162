import type { DeadlineHandler, DeadlineStore } from "../deadline-store.ts";
import { assertChannelId } from "../names.ts";
import type { Subscription } from "../live-feed.ts";

/** Deadlines in memory. `tick()` hands out what has elapsed by the given clock, to one worker after the other. */
export class InMemoryDeadlineStore implements DeadlineStore {
  readonly #now: () => number;
  readonly #dueAtMs = new Map<string, number>();
  readonly #handlers: DeadlineHandler[] = [];
  readonly #beingHandled = new Map<string, Promise<void>>();
  #turn = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  async arm(channelId: string, remainingMs: number): Promise<void> {
    assertChannelId(channelId);
    await Promise.resolve();
    this.#dueAtMs.set(channelId, this.#now() + Math.max(1_000, remainingMs));
  }

  async disarm(channelId: string): Promise<void> {
    assertChannelId(channelId);
    await Promise.resolve();
    this.#dueAtMs.delete(channelId);
  }

  async watchElapsed(handler: DeadlineHandler): Promise<Subscription & { readonly stopped: Promise<void> }> {
    await Promise.resolve();
    this.#handlers.push(handler);
    let stop = (): void => {};
    const stopped = new Promise<void>((resolve) => (stop = resolve));
    return {
      stopped,
      unsubscribe: () => {
        const index = this.#handlers.indexOf(handler);
        if (index >= 0) this.#handlers.splice(index, 1);
        void Promise.all(this.#beingHandled.values()).then(() => stop());
      },
    };
  }

  /** Resolves when the handlers of everything that is due now are done. */
  async tick(): Promise<void> {
    for (const [channelId, dueAtMs] of this.#dueAtMs) {
      const handler = this.#handlers[this.#turn++ % this.#handlers.length];
      if (handler === undefined || dueAtMs > this.#now() || this.#beingHandled.has(channelId)) continue;
      const work = this.#handle(channelId, dueAtMs, handler).finally(() => this.#beingHandled.delete(channelId));
      this.#beingHandled.set(channelId, work);
    }
    await Promise.all(this.#beingHandled.values());
  }

  async #handle(channelId: string, dueAtMs: number, handler: DeadlineHandler): Promise<void> {
    let againInMs: number | undefined;
    try {
      const verdict = await handler(channelId);
      if (verdict.outcome === "again") againInMs = verdict.inMs;
    } catch {
      againInMs = 1_000;
    }
    // Armed again by the handler itself: that deadline stands.
    if (this.#dueAtMs.get(channelId) !== dueAtMs) return;
    if (againInMs === undefined) this.#dueAtMs.delete(channelId);
    else this.#dueAtMs.set(channelId, this.#now() + againInMs);
  }
}
