import { startWithRetry, type RetriedStart } from "./start-with-retry.ts";
import type { RunningApp } from "./run-app.ts";

/** Runs an app while its region's home is at this site, and stands by while it is elsewhere, as often as it moves. */
export class AtHome {
  readonly #options: Omit<RetriedStart, "stopping">;
  #fail: (error: unknown) => void = () => undefined;
  #app: RunningApp | undefined;
  /** Rejects when it cannot go on after a move. */
  readonly failed: Promise<never>;
  #moving: Promise<void> = Promise.resolve();

  constructor(options: Omit<RetriedStart, "stopping">) {
    this.#options = options;
    this.failed = new Promise((_resolve, reject) => (this.#fail = reject));
    // It may fail before anyone listens.
    this.failed.catch(() => undefined);
  }

  /** Resolves when the app serves for the first time, or with the signal. */
  async start(stopping: AbortSignal, before?: RunningApp): Promise<void> {
    const app = await startWithRetry({ ...this.#options, stopping, ...(before === undefined ? {} : { before }) });
    this.#app = app;
    void app?.homeLeft?.then(() => {
      if (stopping.aborted) return;
      this.#moving = this.#restart(app, stopping).catch((error: unknown) => this.#fail(error));
    });
  }

  async stop(): Promise<void> {
    await this.#moving;
    await this.#app?.close();
  }

  async #restart(app: RunningApp, stopping: AbortSignal): Promise<void> {
    this.#options.logger.warn("the region's home has left this site: its wallets are sent on, and it stands by");
    this.#app = undefined;
    await this.start(stopping, app);
  }
}
