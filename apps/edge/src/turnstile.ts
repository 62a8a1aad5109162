/** Lets so many pieces of work run at the same time; the others wait in line, first come, first served. */
export class Turnstile {
  #free: number;
  readonly #line: (() => void)[] = [];

  constructor(places: number) {
    this.#free = places;
  }

  async pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#line.push(resolve));
    try {
      return await work();
    } finally {
      // The place goes to the next in line, or back.
      const next = this.#line.shift();
      if (next === undefined) this.#free++;
      else next();
    }
  }
}
