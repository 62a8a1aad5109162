import type { Logger } from "./logger.ts";
import { settledWithin } from "./settled-within.ts";

/** A part of a process that is started and stopped. */
export interface Service {
  readonly name: string;
  /** `stopping` is aborted when the process is to end before this has started: what takes long gives up then. */
  start?(stopping: AbortSignal): void | Promise<void>;
  stop?(): void | Promise<void>;
}

export interface LifecycleOptions {
  readonly logger: Pick<Logger, "debug" | "info" | "error">;
  /** For all stops together; what is late is left behind. Default 10,000. */
  readonly stopDeadlineMs?: number;
  /** Says to a person what a stop waits for. Default: the log does. */
  readonly tell?: (text: string) => void;
}

/** A stop that takes no longer in all needs no explanation. After that, what takes this much of it is named. */
const silentMs = 2_000;
const namedAfterMs = 500;
/** What each service gets in any case: one that hangs must not take the others' time. */
const leastStopMs = 1_000;
/** For a start under way to end in order. Nothing is lost with one that is left behind. */
const startPatienceMs = 2_000;

/** Starts services in order and stops them in reverse. Use one per process. */
export class Lifecycle {
  readonly #services: Service[] = [];
  readonly #started: Service[] = [];
  readonly #logger: LifecycleOptions["logger"];
  readonly #stopDeadlineMs: number;
  readonly #tell: (text: string) => void;
  readonly #stopping = new AbortController();
  #starting: Promise<void> = Promise.resolve();
  #stopped: Promise<boolean> | undefined;

  constructor({ logger, stopDeadlineMs = 10_000, tell }: LifecycleOptions) {
    this.#logger = logger;
    this.#stopDeadlineMs = stopDeadlineMs;
    this.#tell = tell ?? ((text) => logger.info(text));
  }

  add(service: Service): this {
    this.#services.push(service);
    return this;
  }

  /**
   * Starts all, one after the other. If one fails, those already started are stopped and its error is thrown. Told to stop
   * meanwhile it begins no further one; a start that gives up for that reason is no failure.
   */
  async start(): Promise<void> {
    const { signal } = this.#stopping;
    for (const service of this.#services) {
      if (signal.aborted) return;
      // Counted as started before it is: a start that fails half-way may have something to stop.
      this.#started.push(service);
      try {
        this.#starting = Promise.resolve(service.start?.(signal));
        await this.#starting;
        this.#logger.debug({ service: service.name }, "started");
      } catch (error) {
        const gaveUp = signal.aborted && error === signal.reason;
        await this.stop();
        if (!gaveUp) throw error;
      }
    }
  }

  /** Stops what was started, last first, and never rejects. True when all stopped in time and without an error. */
  stop(): Promise<boolean> {
    return (this.#stopped ??= this.#stopAll());
  }

  async #stopAll(): Promise<boolean> {
    this.#stopping.abort();
    const begunMs = performance.now();
    const deadline = begunMs + this.#stopDeadlineMs;
    const least = Math.min(leastStopMs, this.#stopDeadlineMs);
    await settledWithin(this.#starting, Math.min(startPatienceMs, this.#stopDeadlineMs));
    let clean = true;
    for (const service of this.#started.reverse()) {
      const nowMs = performance.now();
      const namedInMs = Math.max(namedAfterMs, begunMs + silentMs - nowMs);
      const problem = await this.#stopWithin(service, Math.max(least, deadline - nowMs), namedInMs);
      if (problem === undefined) continue;
      clean = false;
      this.#logger.error({ service: service.name, error: problem }, "did not stop cleanly");
    }
    return clean;
  }

  /** Undefined, or why it did not stop. */
  async #stopWithin(service: Service, limitMs: number, namedInMs: number): Promise<unknown> {
    const text = `waiting for ${service.name} to stop, ${((limitMs - namedInMs) / 1_000).toFixed(0)} s more at most`;
    const notice = setTimeout(() => this.#tell(text), namedInMs);
    try {
      const stopped = Promise.resolve().then(() => service.stop?.());
      if (!(await settledWithin(stopped, limitMs))) return new Error("not stopped within the deadline");
      await stopped;
      return undefined;
    } catch (error) {
      return error ?? new Error("stop failed without an error");
    } finally {
      clearTimeout(notice);
    }
  }
}
