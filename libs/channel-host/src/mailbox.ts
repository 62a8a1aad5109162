/** Runs tasks one after the other: one append in flight per channel. */
export class Mailbox {
  readonly #waiting: (() => void)[] = [];
  #running = false;

  post<Result>(task: () => Promise<Result>): Promise<Result> {
    if (!this.#running) return this.#run(task);
    return new Promise((resolve) => {
      this.#waiting.push(() => resolve(this.#run(task)));
    });
  }

  async #run<Result>(task: () => Promise<Result>): Promise<Result> {
    this.#running = true;
    try {
      return await task();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running = false;
      else next();
    }
  }
}
