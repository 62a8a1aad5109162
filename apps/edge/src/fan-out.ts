import { mayGoOn, type Connection } from "./connection.ts";
import type { OutgoingFrame } from "./outgoing-frame.ts";

/** What is sent to so few at once delays nobody. */
const fewRecipients = 64;
/** Then everybody else has a turn. */
const sliceMs = 1;
/** Looking at the clock costs about as much as a tenth of a send. */
const sendsPerLook = 8;
/** Of one channel. Beyond, the oldest is sent without a pause: whoever fills the line faster pays with his own messages. */
const maxWaiting = 256;

type Step = () => void;

interface Delivery {
  readonly frame: OutgoingFrame;
  readonly recipients: readonly Connection[];
  next: number;
}

/** Gives the lines of all channels a slice in turn, one slice to each turn of the event loop. */
export class FanOutTurns {
  readonly #waiting = new Set<FanOut>();
  #scheduled = false;

  add(line: FanOut): void {
    this.#waiting.add(line);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      const [line] = this.#waiting;
      if (line === undefined) return;
      this.#waiting.delete(line);
      if (line.runSlice()) this.#waiting.add(line);
      if (this.#waiting.size > 0) this.#schedule();
    });
  }
}

/**
 * One channel's frames on their way to its sockets, in order. A system call for each of a thousand sockets takes some tens of
 * ms: a crowd is served in slices, so that other channels' wallets do not wait for it.
 */
export class FanOut {
  readonly #turns: FanOutTurns;
  readonly #line: (Delivery | Step)[] = [];

  constructor(turns: FanOutTurns) {
    this.#turns = turns;
  }

  send(frame: OutgoingFrame, recipients: readonly Connection[]): void {
    const delivery = { frame, recipients, next: 0 };
    if (this.#line.length === 0 && recipients.length <= fewRecipients) return void sendUntil(delivery, Infinity);
    this.#push(delivery);
  }

  /** Runs the step once all that was sent before is on its way: at once, when nothing waits. */
  then(step: Step): void {
    if (this.#line.length === 0) step();
    else this.#push(step);
  }

  /** Works for about a millisecond. True: something is left. */
  runSlice(): boolean {
    const untilMs = performance.now() + sliceMs;
    while (this.#line.length > 0 && this.#runFirst(untilMs)) if (performance.now() >= untilMs) break;
    return this.#line.length > 0;
  }

  #push(item: Delivery | Step): void {
    this.#line.push(item);
    if (this.#line.length > maxWaiting) this.#runFirst(Infinity);
    this.#turns.add(this);
  }

  /** False: the time is over before the first one is through. */
  #runFirst(untilMs: number): boolean {
    const first = this.#line[0];
    if (typeof first === "object" && !sendUntil(first, untilMs)) return false;
    this.#line.shift();
    if (typeof first === "function") first();
    return true;
  }
}

export function sendTo(connection: Connection, frame: OutgoingFrame): void {
  const text = frame.encode(connection.speech);
  if (text !== null) connection.socket?.send(text);
}

/** True: all have it. */
function sendUntil(delivery: Delivery, untilMs: number): boolean {
  const { frame, recipients } = delivery;
  while (delivery.next < recipients.length) {
    const connection = recipients[delivery.next++];
    if (connection !== undefined && mayGoOn(connection)) sendTo(connection, frame);
    if (delivery.next % sendsPerLook === 0 && performance.now() >= untilMs) return false;
  }
  return true;
}
