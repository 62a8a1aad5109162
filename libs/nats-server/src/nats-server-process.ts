import type { ChildProcess } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { allStopped } from "./all-stopped.ts";
import { removePidFile } from "./pid-file.ts";
import type { BoundPorts } from "./ports-file.ts";

export interface RunningServer {
  readonly child: ChildProcess;
  /** How it ended: `exit code 0`, `SIGKILL`. */
  readonly exited: Promise<string>;
  readonly bound: BoundPorts;
}

export interface NatsServerProcessOptions {
  readonly host: string;
  readonly storeDir: string;
  readonly logFile: string;
  readonly stopTimeoutMs: number;
  readonly first: RunningServer;
  /** Starts it again with the same ports and store. */
  readonly relaunch: (signal: AbortSignal | undefined) => Promise<RunningServer>;
}

/** A nats-server child: running, paused, or ended and ready to be restarted at the same address. */
export class NatsServerProcess {
  readonly storeDir: string;
  readonly logFile: string;
  readonly #options: NatsServerProcessOptions;
  #running: RunningServer;
  #ended = false;

  constructor(options: NatsServerProcessOptions) {
    this.#options = options;
    this.storeDir = options.storeDir;
    this.logFile = options.logFile;
    this.#running = options.first;
    this.#watch(options.first);
  }

  /** For clients: `nats://127.0.0.1:4222`. */
  get url(): string {
    return `nats://${this.#options.host}:${this.port}`;
  }

  get port(): number {
    return this.#running.bound.port;
  }

  get monitorUrl(): string | undefined {
    return this.#running.bound.monitorUrl;
  }

  get pid(): number {
    return this.#running.child.pid ?? -1;
  }

  get isRunning(): boolean {
    return !this.#ended;
  }

  /** Resolves with how the present run ended: `exit code 0`, `SIGKILL`. A restart begins a new run. */
  get exited(): Promise<string> {
    return this.#running.exited;
  }

  /** SIGTERM, then SIGKILL after the deadline. Does nothing when it has ended. */
  async stop(): Promise<void> {
    if (!this.#ended) {
      this.resume(); // a stopped process would not see SIGTERM
      this.#running.child.kill("SIGTERM");
      const deadline = new AbortController();
      const timeout = delay(this.#options.stopTimeoutMs, "timeout", { signal: deadline.signal }).catch(() => "ended");
      if ((await Promise.race([this.exited, timeout])) === "timeout") this.#running.child.kill("SIGKILL");
      deadline.abort();
      await this.exited;
    }
    await removePidFile(this.storeDir);
  }

  /** SIGKILL, as a crash would end it. The store stays as it is. */
  async kill(): Promise<void> {
    this.#running.child.kill("SIGKILL");
    await this.exited;
  }

  /** Starts it again at the same address and on the same store; stops it first when it still runs. As `startNatsServer` rejects. */
  async restart(signal?: AbortSignal): Promise<void> {
    await this.stop();
    const running = await this.#options.relaunch(signal);
    this.#running = running;
    this.#ended = false;
    this.#watch(running);
  }

  /** SIGSTOP: the connections stay open, and once this resolves nothing answers. */
  async pause(): Promise<void> {
    this.#running.child.kill("SIGSTOP");
    await allStopped(this.pid);
  }

  /** SIGCONT */
  resume(): void {
    this.#running.child.kill("SIGCONT");
  }

  #watch(running: RunningServer): void {
    void running.exited.then(() => {
      if (running === this.#running) this.#ended = true;
    });
  }
}
