import type { ChildProcess } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { spawnBound } from "@p4/nats-server";
import type { Member } from "./member.ts";

export interface AppProcessOptions {
  readonly name: string;
  /** File that is run. */
  readonly module: string;
  readonly args?: readonly string[];
  /** The settings: nothing else of our environment but PATH is handed on. */
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
  /** Where `GET /readyz` answers; null: it has no port. */
  readonly port: number | null;
}

export interface ProcessEnd {
  /** Null: a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const stopTimeoutMs = 15_000;
const shownLines = 8;

/** An app of the system in a process of its own. */
export class AppProcess implements Member {
  readonly name: string;
  readonly #options: AppProcessOptions;
  #child: ChildProcess | null = null;
  #exited: Promise<void> = Promise.resolve();
  /** True between our own `start` and `stop` or `kill`: an end in between is the process's own. */
  #wanted = false;
  /** How often it ended without being told to. */
  ownEnds = 0;
  /** How its last run ended; null: it has not ended yet. */
  lastEnd: ProcessEnd | null = null;

  constructor(options: AppProcessOptions) {
    this.name = options.name;
    this.#options = options;
  }

  get isRunning(): boolean {
    return this.#child !== null;
  }

  /** Null: it does not run. */
  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  start(): Promise<void> {
    if (this.#child !== null) return Promise.resolve();
    const { module, args = [], env, logFile } = this.#options;
    const log = openSync(logFile, "a");
    // Out of the reach of the terminal's Ctrl-C: with our own SIGTERM behind it, an edge would not part from its wallets.
    const child = spawnBound(process.execPath, [module, ...args], log, { PATH: process.env["PATH"], ...env });
    closeSync(log);
    this.#wanted = true;
    this.#child = child;
    this.#exited = new Promise((resolve) => {
      child.once("exit", (code, signal) => {
        this.#child = null;
        this.lastEnd = { code, signal };
        if (this.#wanted) this.#endedByItself();
        resolve();
      });
    });
    return Promise.resolve();
  }

  /** Its last words are shown at once: a campaign that breaks no promise leaves no logs behind. */
  #endedByItself(): void {
    this.ownEnds++;
    const { code, signal } = this.lastEnd ?? {};
    const last = readFileSync(this.#options.logFile, "utf8").trimEnd().split("\n").slice(-shownLines);
    process.stderr.write(`${this.name} ended by itself (${String(code ?? signal)}):\n  ${last.join("\n  ")}\n`);
  }

  async kill(): Promise<void> {
    this.#wanted = false;
    this.#child?.kill("SIGKILL");
    await this.#exited;
  }

  async stop(): Promise<void> {
    this.#wanted = false;
    const child = this.#child;
    if (child === null) return;
    child.kill("SIGCONT");
    child.kill("SIGTERM");
    const deadline = setTimeout(() => child.kill("SIGKILL"), stopTimeoutMs);
    await this.#exited;
    clearTimeout(deadline);
  }

  /** From SIGTERM until the process is gone. */
  async stopTimed(): Promise<{ readonly ms: number; readonly end: ProcessEnd }> {
    const startMs = performance.now();
    await this.stop();
    return { ms: Math.round(performance.now() - startMs), end: this.lastEnd ?? { code: null, signal: null } };
  }

  pause(): void {
    this.#child?.kill("SIGSTOP");
  }

  resume(): void {
    this.#child?.kill("SIGCONT");
  }

  /** Resolves once the app says that it is ready. Throws after the time. */
  async ready(withinMs: number): Promise<void> {
    const { port, name, logFile } = this.#options;
    if (port === null) return;
    for (const endMs = Date.now() + withinMs; ; await new Promise((resolve) => setTimeout(resolve, 50))) {
      const answer = await fetch(`http://127.0.0.1:${String(port)}/readyz`).catch(() => null);
      if (answer?.ok === true) return;
      if (!this.isRunning) throw new Error(`${name} ended while it started: see ${logFile}`);
      if (Date.now() > endMs) throw new Error(`${name} was not ready within ${String(withinMs)} ms: see ${logFile}`);
    }
  }
}
