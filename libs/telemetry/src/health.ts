/** What a check says: ready, or why not. `facts` are shown either way (server version, durability class, lag). */
export interface CheckResult {
  readonly ok: boolean;
  readonly detail?: string;
  readonly facts?: Readonly<Record<string, string | number | boolean>>;
}

export type Check = () => CheckResult | Promise<CheckResult>;

export interface ReadinessReport {
  readonly ready: boolean;
  readonly checks: Readonly<Record<string, CheckResult>>;
}

/** Named conditions for taking traffic. With none added, ready. */
export class Readiness {
  readonly #checks = new Map<string, Check>();
  readonly #timeoutMs: number;
  #draining = false;

  /** A check that takes longer than `timeoutMs` counts as failed. */
  constructor(timeoutMs = 2_000) {
    this.#timeoutMs = timeoutMs;
  }

  /** Adds a check, or replaces the one of the same name. */
  add(name: string, check: Check): void {
    this.#checks.set(name, check);
  }

  /** From now on not ready, whatever the checks say: the process is shutting down. */
  drain(): void {
    this.#draining = true;
  }

  /** Runs all checks at the same time. Never rejects: a check that throws has failed. */
  async report(): Promise<ReadinessReport> {
    const results = await Promise.all(
      [...this.#checks].map(async ([name, check]) => [name, await this.#run(check)] as const),
    );
    if (this.#draining) results.push(["lifecycle", { ok: false, detail: "shutting down" }]);
    return { ready: results.every(([, result]) => result.ok), checks: Object.fromEntries(results) };
  }

  async #run(check: Check): Promise<CheckResult> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<CheckResult>((resolve) => {
      const late = { ok: false, detail: `no answer within ${String(this.#timeoutMs)} ms` };
      timer = setTimeout(() => resolve(late), this.#timeoutMs);
    });
    try {
      return await Promise.race([Promise.resolve().then(check), timeout]);
    } catch (error) {
      return { ok: false, detail: error instanceof Error ? error.message : String(error) };
    } finally {
      clearTimeout(timer);
    }
  }
}
