import { isStoreError } from "@p4/event-store";
import type { ActorRuntime } from "./runtime.ts";

type World = Pick<ActorRuntime, "deadlines" | "nowMs" | "delay" | "onFault">;

const repeatAfterMs = 500;
/** Concurrent retries once the broker has accepted one again. */
const repeatedAtOnce = 256;

/**
 * The timers of this node's channels at the broker. Never awaited: all channels share one stream of timers, and
 * while that has no leader, channels on healthy streams must still open. What the broker has not confirmed is repeated;
 * a node that dies in between leaves it to the sweep of the expiry workers, since the channel's own events have the
 * deadline.
 */
export class DeadlineTimers {
  readonly #world: World;
  /** What the broker has not confirmed yet: ms since 1970, or null for no timer. */
  readonly #unconfirmed = new Map<string, number | null>();
  #repeating = false;
  #closed = false;

  constructor(world: World) {
    this.#world = world;
  }

  /** Sets or moves the timer; `expiresAtMs` in ms since 1970. */
  set(channelId: string, expiresAtMs: number): void {
    void this.#want(channelId, expiresAtMs);
  }

  clear(channelId: string): void {
    void this.#want(channelId, null);
  }

  close(): void {
    this.#closed = true;
  }

  async #want(channelId: string, expiresAtMs: number | null): Promise<void> {
    this.#unconfirmed.set(channelId, expiresAtMs);
    if (!(await this.#ask(channelId, expiresAtMs))) await this.#repeat();
  }

  /** False: to be asked again. */
  async #ask(channelId: string, expiresAtMs: number | null): Promise<boolean> {
    const { deadlines, nowMs, onFault } = this.#world;
    try {
      if (expiresAtMs === null) await deadlines.disarm(channelId);
      else await deadlines.arm(channelId, expiresAtMs - nowMs());
    } catch (error) {
      if (isStoreError(error) && error.retryable) return false;
      onFault(channelId, error);
    }
    // Another deadline may have been set meanwhile: its own answer counts.
    if (this.#unconfirmed.get(channelId) === expiresAtMs) this.#unconfirmed.delete(channelId);
    return true;
  }

  async #repeat(): Promise<void> {
    if (this.#repeating) return;
    this.#repeating = true;
    try {
      while (!this.#closed && this.#unconfirmed.size > 0) {
        await this.#world.delay(repeatAfterMs);
        await this.#repeatRound();
      }
    } catch (error) {
      // The next failed timer starts the retries again.
      this.#world.onFault("*", error);
    } finally {
      this.#repeating = false;
    }
  }

  /** Asks one first: a minute's outage leaves many thousands, and a broker without a leader takes none of them. */
  async #repeatRound(): Promise<void> {
    const channelIds = [...this.#unconfirmed.keys()];
    for (let from = 0, to = 1; from < channelIds.length && !this.#closed; from = to, to += repeatedAtOnce) {
      const taken = await Promise.all(channelIds.slice(from, to).map((channelId) => this.#askAgain(channelId)));
      if (taken.includes(false)) return;
    }
  }

  /** The deadline may have been moved, or confirmed, since the round began. */
  async #askAgain(channelId: string): Promise<boolean> {
    const expiresAtMs = this.#unconfirmed.get(channelId);
    return expiresAtMs === undefined || this.#ask(channelId, expiresAtMs);
  }
}
