import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** What the parts of a scenario are told. */
export interface Run<Options> {
  readonly options: Options;
  /** For logs, stores and records. */
  readonly dir: string;
  readonly onProgress: (text: string) => void;
  /** Aborts when the scenario is over, or has failed: nothing may be started any more. */
  readonly over: AbortSignal;
}

/** `undecided`: no promise was broken, and too little has happened for that to say much. */
export type Outcome = "kept" | "broken" | "undecided";

/**
 * An experiment: what runs, what wallets do with it, what goes wrong meanwhile, what is told of it and what has to hold. The
 * parts are carried out in this order; what the first two have started is stopped whatever happens.
 */
export interface Scenario<Options, System extends Stoppable, Workload extends Killable, Faults, Report extends object> {
  readonly system: (run: Run<Options>) => Promise<System>;
  readonly workload: (run: Run<Options>, system: System) => Workload | Promise<Workload>;
  /** Resolves with what has happened, when all is healed and the wallets have ended. */
  readonly faults: (run: Run<Options>, system: System, workload: Workload) => Promise<Faults>;
  /** For --json. */
  readonly figures: (run: Run<Options>, system: System, workload: Workload, faults: Faults) => Report | Promise<Report>;
  readonly checks: (report: Report) => Outcome;
  /** What the exit code 0 stands for, where the system is broken on purpose; default: `kept`. */
  readonly expects?: (options: Options) => Outcome;
  readonly text: (report: Report) => string;
}

/** Of a scenario whose wallets come and go with its faults. */
export const noWorkload = (): Killable => ({ kill: () => undefined });

interface Stoppable {
  stop(): Promise<void>;
}

interface Killable {
  kill(): void;
}

export interface GivenToAll {
  readonly json: boolean;
  /** Logs, stores and records are kept here; null: in a temporary directory, and only when something was found. */
  readonly dir: string | null;
}

/** Carries a scenario out and prints its figures. Resolves with the exit code: 0 as expected; 1 not so; 3 undecided. */
export type Experiment<Options> = (options: Options, given: GivenToAll) => Promise<number>;

export function scenario<Options, System extends Stoppable, Workload extends Killable, Faults, Report extends object>(
  parts: Scenario<Options, System, Workload, Faults, Report>,
): Experiment<Options> {
  return async (options, { json, dir: keepIn }) => {
    const dir = keepIn === null ? await mkdtemp(join(tmpdir(), "p4-chaos-")) : resolve(keepIn);
    await mkdir(dir, { recursive: true });
    const startMs = Date.now();
    const onProgress = (text: string): void =>
      void process.stderr.write(`${((Date.now() - startMs) / 1_000).toFixed(1).padStart(7)} s  ${text}\n`);
    // Children end with this process; this makes Ctrl-C an ordinary end of it.
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));
    let report: Report;
    try {
      report = await carryOut(parts, { options, dir, onProgress });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      process.stderr.write(`the scenario could not be carried out: ${reason}\nits logs: ${dir}\n`);
      return 1;
    }
    process.stdout.write(`${json ? JSON.stringify(report, null, 2) : parts.text(report)}\n`);
    const [outcome, expected] = [parts.checks(report), parts.expects?.(options) ?? "kept"];
    const isAsExpected = outcome === expected;
    if (keepIn === null && isAsExpected) await rm(dir, { recursive: true, force: true });
    else process.stderr.write(`logs, stores and the wallets' record: ${dir}\n`);
    if (isAsExpected) return 0;
    return outcome === "undecided" && expected === "kept" ? 3 : 1;
  };
}

async function carryOut<Options, System extends Stoppable, Workload extends Killable, Faults, Report extends object>(
  parts: Scenario<Options, System, Workload, Faults, Report>,
  given: Omit<Run<Options>, "over">,
): Promise<Report> {
  const over = new AbortController();
  const run = { ...given, over: over.signal };
  const system = await parts.system(run);
  let workload: Workload | undefined;
  try {
    workload = await parts.workload(run, system);
    const faults = await parts.faults(run, system, workload);
    return await parts.figures(run, system, workload, faults);
  } finally {
    over.abort();
    workload?.kill();
    await system.stop();
  }
}
