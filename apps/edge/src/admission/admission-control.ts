import { ConcurrencyLimit, type LimitOptions } from "./concurrency-limit.ts";
import { LogLatency } from "./log-latency.ts";

/** Whether the node's memory is taken up. */
export interface HeldMemory {
  readonly isFull: boolean;
  readonly heldBytes: number;
  look(): void;
}

export interface AdmissionOptions extends LimitOptions {
  /** Messages that have waited for the log this long, or timers that run so late, close the node to new channels. */
  readonly overloadedAfterMs: number;
}

// The first tenths of a second of a flood are felt by all, before its effect is measured: begin low.
const defaults: AdmissionOptions = {
  initial: 4,
  max: 64,
  min: 1,
  minHoldMs: 10,
  maxQueued: 400,
  // What comes after the door needs the rest of a wallet's patience.
  maxWaitMs: 400,
  floodPerSecond: 1_000,
  overloadedAfterMs: 1_000,
};
const sampleEveryMs = 100;
/** A lag is remembered for some seconds, so that a node does not take new channels between two stalls. */
const lagKeptPerSample = 0.9;

/**
 * Decides which channels this node opens or loads: within one adaptive limit, and none while what comes in
 * would wait for too long. Channels that it serves already need no admission: they go on whatever else comes.
 */
export class AdmissionControl {
  readonly #limit: ConcurrencyLimit;
  readonly #overloadedAfterMs: number;
  readonly #memory: HeldMemory;
  readonly #latency = new LogLatency(performance.now());
  readonly #timer: NodeJS.Timeout;
  #lagMs = 0;
  #sampledMs = performance.now();

  constructor(memory: HeldMemory, options: Partial<AdmissionOptions> = {}) {
    const all = { ...defaults, ...options };
    this.#limit = new ConcurrencyLimit(all);
    this.#overloadedAfterMs = all.overloadedAfterMs;
    this.#memory = memory;
    this.#timer = setInterval(() => this.#sample(performance.now()), sampleEveryMs).unref();
  }

  /** Channels that may be opened or loaded at the same time. */
  get limit(): number {
    return this.#limit.limit;
  }

  /** Requests that wait for a place among them. */
  get queued(): number {
    return this.#limit.queued;
  }

  /** A channel may be opened or loaded without a wait. */
  get hasRoom(): boolean {
    return this.#limit.hasRoom;
  }

  /** Messages and joins that wait for the log. */
  get backlog(): number {
    return this.#latency.waiting;
  }

  /** How late the process's timers run. */
  get lagMs(): number {
    return this.#lagMs;
  }

  /** Null: new channels are welcome. */
  get overload(): string | null {
    const waitedMs = this.#latency.waitedMs(performance.now());
    if (waitedMs > this.#overloadedAfterMs) return `messages have waited for the log for ${waitedMs.toFixed(0)} ms`;
    if (this.#lagMs > this.#overloadedAfterMs) return `the node runs ${this.#lagMs.toFixed(0)} ms late`;
    if (this.#memory.isFull) return `this node holds ${String(this.#memory.heldBytes)} bytes`;
    return null;
  }

  /** True: too many wait already. Asked before a request costs anything. */
  shouldReject(): boolean {
    return this.#limit.shouldReject();
  }

  /** Opens or loads a channel within the limit. Null: refused. */
  run<T>(work: () => Promise<T>): Promise<{ readonly result: T } | null> {
    return this.#limit.run(work);
  }

  /** Something waits for the log from now on, until the returned function is called; again it does nothing. */
  waitForLog(nowMs: number): () => void {
    return this.#latency.begin(nowMs);
  }

  /** How long a message of a channel that is open took to be stored. */
  messageTook(ms: number): void {
    this.#latency.note(ms);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #sample(nowMs: number): void {
    const lateMs = Math.max(0, nowMs - this.#sampledMs - sampleEveryMs);
    this.#sampledMs = nowMs;
    this.#memory.look();
    this.#lagMs = Math.max(lateMs, this.#lagMs * lagKeptPerSample);
    this.#limit.adapt(this.#latency.gradient(nowMs));
  }
}
