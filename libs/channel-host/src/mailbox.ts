/** Lets one command pass at a time, in the order in which they came: one append in flight per channel. */
export class Mailbox {
  readonly #waiting: (() => void)[] = [];
  #isTaken = false;

  /** Null: the turn has come at once, without a wait. Otherwise it has come when the promise resolves. `endTurn` ends it. */
  takeTurn(): Promise<void> | null {
    if (this.#isTaken) return new Promise((resolve) => void this.#waiting.push(resolve));
    this.#isTaken = true;
    return null;
  }

  endTurn(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#isTaken = false;
    else next();
  }
}
