import { StoreLatency } from "./store-latency.ts";

export interface LoadLimits {
  /** Messages and joins that wait for the log at the same time. */
  readonly maxStoreBacklog: number;
  /** How late the process's timers may run. */
  readonly maxLoopLagMs: number;
}

/** Whether the node's memory is taken up. */
export interface HeldMemory {
  readonly isFull: boolean;
  readonly heldBytes: number;
  look(): void;
}

const sampleEveryMs = 100;
/** A lag is remembered for some seconds, so that a node does not take new channels between two stalls. */
const lagKeptPerSample = 0.9;

/**
 * How busy this node is. Over a limit it takes no new channels; those that it has go on. The first two signals rise before
 * wallets suffer: what waits for the log is the delay that the next message will have (Little's law), a late timer is the delay
 * that every callback has.
 */
export class LoadGauge {
  readonly #limits: LoadLimits;
  readonly #memory: HeldMemory;
  readonly #onSample: (isSlow: boolean) => void;
  readonly #latency = new StoreLatency(performance.now());
  readonly #timer: NodeJS.Timeout;
  #backlog = 0;
  #lagMs = 0;
  #sampledMs = performance.now();

  /** `onSample` hears ten times a second whether wallets' messages take much longer than on a quiet node. */
  constructor(limits: LoadLimits, memory: HeldMemory, onSample: (isSlow: boolean) => void = () => undefined) {
    this.#limits = limits;
    this.#memory = memory;
    this.#onSample = onSample;
    this.#timer = setInterval(() => this.#sample(performance.now()), sampleEveryMs).unref();
  }

  get backlog(): number {
    return this.#backlog;
  }

  get lagMs(): number {
    return this.#lagMs;
  }

  /** Null: new channels are welcome. */
  get overload(): string | null {
    const { maxStoreBacklog, maxLoopLagMs } = this.#limits;
    if (this.#backlog > maxStoreBacklog) return `${String(this.#backlog)} messages wait for the log`;
    if (this.#lagMs > maxLoopLagMs) return `the node runs ${this.#lagMs.toFixed(0)} ms late`;
    if (this.#memory.isFull) return `this node holds ${String(this.#memory.heldBytes)} bytes`;
    return null;
  }

  /** Counts what waits for the log. */
  async during<T>(append: Promise<T>): Promise<T> {
    this.#backlog++;
    try {
      return await append;
    } finally {
      this.#backlog--;
    }
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
    this.#onSample(this.#latency.isSlow(nowMs));
  }
}
