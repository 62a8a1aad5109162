import { fork } from "node:child_process";
import { once } from "node:events";

/** A process that puts a load on the system. It says how far it is, and `done` as its last word. */
export class LoadProcess<Told extends { readonly type: string }, Order extends object> {
  /** What it said last; null: nothing yet. */
  told: Told | null = null;
  readonly #child;
  readonly #exited: Promise<void>;

  /** @param settings its first argument, as JSON */
  constructor(module: URL, settings: object) {
    const stdio = ["ignore", "inherit", "inherit", "ipc"] as const;
    this.#child = fork(module, [JSON.stringify(settings)], { stdio: [...stdio] });
    const endWithUs = (): void => this.kill();
    process.once("exit", endWithUs);
    this.#child.on("message", (told: Told) => (this.told = told));
    this.#exited = once(this.#child, "exit").then(() => void process.off("exit", endWithUs));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  order(order: Order): void {
    if (this.#child.connected) this.#child.send(order);
  }

  /** Resolves when it has said so. Throws when the process has ended before. */
  async said(type: Told["type"]): Promise<void> {
    const heard = new Promise<void>((resolve) => {
      this.#child.on("message", (told: Told) => {
        if (told.type === type) resolve();
      });
    });
    if (this.told?.type === type) return;
    await Promise.race([heard, this.#exited]);
    if (this.told?.type !== type) throw new Error("the process of the load ended before it was there");
  }

  /** Resolves when it has ended. Throws when it had not said that it was done. */
  async done(): Promise<void> {
    await this.#exited;
    if (this.told?.type !== "done") throw new Error("the process of the load ended before its record was complete");
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }
}
