/** Keeps the `limit` items with the highest rank of any number, in memory for twice as many. */
export class Newest<T> {
  readonly #limit: number;
  readonly #rank: (item: T) => number;
  #kept: T[] = [];

  constructor(limit: number, rank: (item: T) => number) {
    this.#limit = limit;
    this.#rank = rank;
  }

  add(item: T): void {
    this.#kept.push(item);
    if (this.#kept.length >= 2 * this.#limit) this.#kept = this.list();
  }

  /** Highest first. */
  list(): T[] {
    return this.#kept.toSorted((left, right) => this.#rank(right) - this.#rank(left)).slice(0, this.#limit);
  }
}
