import type { TimerName } from "./core/session-core.ts";

/** Named timers; setting one again replaces it. */
export class Timers {
  readonly #running = new Map<TimerName, ReturnType<typeof setTimeout>>();
  readonly #fire: (timer: TimerName) => void;

  constructor(fire: (timer: TimerName) => void) {
    this.#fire = fire;
  }

  set(timer: TimerName, delayMs: number): void {
    this.clear(timer);
    const run = (): void => {
      this.#running.delete(timer);
      this.#fire(timer);
    };
    this.#running.set(timer, setTimeout(run, delayMs));
  }

  clear(timer: TimerName): void {
    clearTimeout(this.#running.get(timer));
    this.#running.delete(timer);
  }
}
