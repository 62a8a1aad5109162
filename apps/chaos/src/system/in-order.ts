/** Does work after a delay that may change meanwhile, always in the order in which it came. */
export class InOrder {
  readonly #waiting: { readonly dueMs: number; readonly work: () => void }[] = [];
  #timer: NodeJS.Timeout | null = null;

  /** With no delay, and nothing before it, at once. */
  add(delayMs: number, work: () => void): void {
    if (delayMs === 0 && this.#waiting.length === 0) return work();
    const lastDueMs = this.#waiting.at(-1)?.dueMs ?? 0;
    this.#waiting.push({ dueMs: Math.max(performance.now() + delayMs, lastDueMs), work });
    this.#wait();
  }

  #wait(): void {
    const [first] = this.#waiting;
    if (first === undefined || this.#timer !== null) return;
    this.#timer = setTimeout(() => this.#run(), Math.max(0, first.dueMs - performance.now()));
  }

  #run(): void {
    this.#timer = null;
    // A timer may fire a millisecond early.
    const nowMs = performance.now() + 1;
    while ((this.#waiting[0]?.dueMs ?? Infinity) <= nowMs) this.#waiting.shift()?.work();
    this.#wait();
  }
}
