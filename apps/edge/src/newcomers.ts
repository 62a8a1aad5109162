/** How long merchants are not taken for the first on their channel after one was not. */
const lookFirstMs = 1_000;

/**
 * Whether merchants on channels that this node does not serve have come to open them. Nearly all have; after another node
 * or a network has gone, all of them come back to channels that exist.
 */
export class Newcomers {
  readonly #nowMs: () => number;
  #lookFirstUntilMs = -Infinity;

  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  get areNew(): boolean {
    return this.#nowMs() >= this.#lookFirstUntilMs;
  }

  /** One was taken for new, and the channel was there. */
  wasKnown(): void {
    this.#lookFirstUntilMs = this.#nowMs() + lookFirstMs;
  }
}
