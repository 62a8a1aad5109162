import type { Logger } from "./logger.ts";

/** A part of a process that is started and stopped. */
export interface Service {
  readonly name: string;
  start?(): void | Promise<void>;
  stop?(): void | Promise<void>;
}

export interface LifecycleOptions {
  readonly logger: Pick<Logger, "debug" | "info" | "error">;
  /** For all stops together; what is late is left behind. Default 10,000. */
  readonly stopDeadlineMs?: number;
}

/** Starts services in order and stops them in reverse. Use one per process. */
export class Lifecycle {
  readonly #services: Service[] = [];
  readonly #started: Service[] = [];
  readonly #logger: LifecycleOptions["logger"];
  readonly #stopDeadlineMs: number;
  #stopping: Promise<boolean> | undefined;

  constructor({ logger, stopDeadlineMs = 10_000 }: LifecycleOptions) {
    this.#logger = logger;
    this.#stopDeadlineMs = stopDeadlineMs;
  }

  add(service: Service): this {
    this.#services.push(service);
    return this;
  }

  /** Starts all, one after the other. If one fails, those already started are stopped and its error is thrown. */
  async start(): Promise<void> {
    for (const service of this.#services) {
      if (this.#stopping !== undefined) return;
      // Counted as started before it is: a start that fails half-way may have something to stop.
      this.#started.push(service);
      try {
        await service.start?.();
        this.#logger.debug({ service: service.name }, "started");
      } catch (error) {
        await this.stop();
        throw error;
      }
    }
  }

  /** Stops what was started, last first, and never rejects. True when all stopped in time and without an error. */
  stop(): Promise<boolean> {
    return (this.#stopping ??= this.#stopAll());
  }

  async #stopAll(): Promise<boolean> {
    const deadline = Date.now() + this.#stopDeadlineMs;
    let clean = true;
    for (const service of this.#started.reverse()) {
      const problem = await stopWithin(service, Math.max(0, deadline - Date.now()));
      if (problem === undefined) continue;
      clean = false;
      this.#logger.error({ service: service.name, error: problem }, "did not stop cleanly");
    }
    return clean;
  }
}

async function stopWithin(service: Service, timeoutMs: number): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Error>((resolve) => {
    timer = setTimeout(() => resolve(new Error("not stopped within the deadline")), timeoutMs);
  });
  try {
    return await Promise.race([
      Promise.resolve()
        .then(() => service.stop?.())
        .then(() => undefined),
      late,
    ]);
  } catch (error) {
    return error ?? new Error("stop failed without an error");
  } finally {
    clearTimeout(timer);
  }
}
