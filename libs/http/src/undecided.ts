/** What sockets that are not decided yet may hold together, so that a stalled route costs a bounded memory. */
const maxHeldBytes = 32 * 1024 * 1024;
const maxHeldMessages = 256;

/** The messages that all such sockets of a server hold. */
export class HeldBytes {
  sum = 0;
}

/** What comes on a socket that was opened ahead of its decision waits for that, in its order. */
export class Undecided {
  readonly #maxBytes: number;
  readonly #held: HeldBytes;
  /** Null once it is accepted: it holds the request, which is more than the socket needs for the rest of its life. */
  #onGone: (() => void) | null;
  #waiting: (() => void)[] | null = [];
  #bytes = 0;
  #hasLeft = false;

  /** @param onGone called when the socket ends first */
  constructor(maxBytes: number, held: HeldBytes, onGone: () => void) {
    this.#maxBytes = maxBytes;
    this.#held = held;
    this.#onGone = onGone;
  }

  get isWaiting(): boolean {
    return this.#waiting !== null;
  }

  /** Its route knows of it. */
  get isAccepted(): boolean {
    return this.#onGone === null;
  }

  /** Its peer has left, and what that has sent before waits. */
  get hasLeft(): boolean {
    return this.#hasLeft;
  }

  /** Runs `act` once it is decided, unless too much waits already: of its own, or of all together. */
  hold(sizeBytes: number, act: () => void): "held" | "flood" | "full" {
    const waiting = this.#waiting ?? [];
    if (this.#bytes + sizeBytes > this.#maxBytes || waiting.length > maxHeldMessages) return "flood";
    if (this.#held.sum + sizeBytes > maxHeldBytes) return "full";
    waiting.push(act);
    this.#bytes += sizeBytes;
    this.#held.sum += sizeBytes;
    return "held";
  }

  accept(): void {
    this.#onGone = null;
    for (const act of this.#end()) act();
  }

  /** Its peer has left. What that has sent was taken all the same had it been decided sooner: so it is, and `tell` comes last. */
  left(tell: () => void): void {
    const waiting = this.#waiting ?? [];
    // The first is the socket's opening.
    if (waiting.length <= 1) return this.gone();
    this.#hasLeft = true;
    waiting.push(tell);
  }

  /** It was closed by this side, or is refused: the route hears neither of what it has sent nor of its end. */
  gone(): void {
    this.#end();
    this.#onGone?.();
  }

  #end(): readonly (() => void)[] {
    const waiting = this.#waiting ?? [];
    this.#waiting = null;
    this.#held.sum -= this.#bytes;
    this.#bytes = 0;
    return waiting;
  }
}
