import { bucketStream, deadlineBucket } from "./subjects.ts";
import type { Broker } from "./broker.ts";

/** Deadlines and time stamps may differ by so much; a server whose time is kept by NTP is off by milliseconds. */
export const clockToleranceMs = 5_000;

interface Comparison {
  readonly aheadMs: number;
  /** The answer took so long that the comparison may be off by this much. */
  readonly uncertainMs: number;
  /** This machine's time of day less its steady clock: changes when the time is set. */
  readonly steadyMs: number;
}

/** Compares this machine's clock with the broker's, whose timers say when a channel is over. */
export class BrokerClock {
  readonly #brokerTime: () => Promise<number>;
  #last: Comparison | null = null;

  /** `brokerTime`: the broker's time now, in milliseconds since 1970. */
  constructor(brokerTime: () => Promise<number>) {
    this.#brokerTime = brokerTime;
  }

  /** Rejects when the broker does not tell; the comparison before that stays. */
  async compare(): Promise<void> {
    const [sentMs, startedMs] = [Date.now(), performance.now()];
    const brokerMs = await this.#brokerTime();
    const uncertainMs = (performance.now() - startedMs) / 2;
    this.#last = { aheadMs: sentMs + uncertainMs - brokerMs, uncertainMs, steadyMs: sentMs - startedMs };
  }

  /** How far this machine is ahead now, a change of its time since the comparison included; null before the first one. */
  get aheadMs(): number | null {
    if (this.#last === null) return null;
    return this.#last.aheadMs + Date.now() - performance.now() - this.#last.steadyMs;
  }

  /** Why this node must not judge deadlines; null when it may. */
  get trouble(): string | null {
    const { aheadMs } = this;
    if (aheadMs === null || this.#last === null) return null;
    if (Math.abs(aheadMs) <= clockToleranceMs + this.#last.uncertainMs) return null;
    const seconds = Math.round(Math.abs(aheadMs) / 1_000);
    return `this node's clock is ${String(seconds)} s ${aheadMs > 0 ? "ahead of" : "behind"} the broker's: set the time, and run NTP on both`;
  }
}

/** The description of a stream carries the time of the server that leads it: of the one that runs the timers. */
export function createBrokerClock(broker: Broker, { region }: { readonly region: string }): BrokerClock {
  const path = `STREAM.INFO.${bucketStream(deadlineBucket(region))}`;
  return new BrokerClock(async () => Date.parse((await broker.api<{ readonly ts: string }>(path)).ts));
}
