import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export interface ScenarioOutcome {
  readonly text: string;
  readonly isAsExpected: boolean;
  /** When it is not; 1. */
  readonly exitCode?: number;
}

/**
 * Carries out a scenario in a directory of its own and prints its outcome. The exit code is 0 when that is as expected;
 * otherwise, and where `keepIn` names a directory, the logs, stores and records are kept.
 */
export async function runScenario(
  keepIn: string | null,
  run: (dir: string, onProgress: (text: string) => void) => Promise<ScenarioOutcome>,
): Promise<number> {
  const dir = keepIn === null ? await mkdtemp(join(tmpdir(), "p4-chaos-")) : resolve(keepIn);
  await mkdir(dir, { recursive: true });
  const startMs = Date.now();
  const onProgress = (text: string): void =>
    void process.stderr.write(`${((Date.now() - startMs) / 1_000).toFixed(1).padStart(7)} s  ${text}\n`);
  // Children end with this process; this makes Ctrl-C an ordinary end of it.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));
  let outcome: ScenarioOutcome;
  try {
    outcome = await run(dir, onProgress);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    process.stderr.write(`the scenario could not be carried out: ${reason}\nits logs: ${dir}\n`);
    return 1;
  }
  process.stdout.write(`${outcome.text}\n`);
  if (keepIn === null && outcome.isAsExpected) await rm(dir, { recursive: true, force: true });
  else process.stderr.write(`logs, stores and the wallets' record: ${dir}\n`);
  return outcome.isAsExpected ? 0 : (outcome.exitCode ?? 1);
}
