interface Entry {
  readonly run: () => Promise<void>;
}

/** Runs tasks one after the other: one append in flight per channel. */
export class Mailbox {
  readonly #queue: Entry[] = [];
  #running = false;

  post<Result>(task: () => Promise<Result>): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      this.#queue.push({ run: () => task().then(resolve, reject) });
      if (!this.#running) void this.#drain();
    });
  }

  async #drain(): Promise<void> {
    this.#running = true;
    for (let entry = this.#queue.shift(); entry !== undefined; entry = this.#queue.shift()) await entry.run();
    this.#running = false;
  }
}
