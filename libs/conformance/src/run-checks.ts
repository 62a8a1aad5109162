import { CheckFailure, isCheckFailure, isCheckSkipped, type Check } from "./check.ts";
import { checkGroups } from "./checks/index.ts";
import { Kit } from "./kit.ts";
import type { Manners } from "./peer.ts";
import type { ConnectTcp } from "./raw/tcp.ts";
import { scoreCard, type CheckResult, type ScoreCard } from "./score-card.ts";
import type { Target } from "./target.ts";

export interface RunOptions {
  readonly target: Target;
  /** Null: checks that need bare TCP are skipped. */
  readonly connectTcp: ConnectTcp | null;
  /** How long one expected thing may take. Default 5,000. */
  readonly waitMs?: number;
  /** Ids of the checks to run; default all. */
  readonly only?: readonly string[];
  readonly onResult?: (result: CheckResult) => void;
  readonly signal?: AbortSignal;
}

const defaultWaitMs = 5_000;
/** However many things a check waits for, it has an end. */
const longestCheckMs = 60_000;

/** Runs the checks one after the other. Never rejects because of the server: what goes wrong is in the card. */
export async function runChecks(options: RunOptions): Promise<ScoreCard> {
  const { target, only, signal, onResult } = options;
  const manners: Manners = { answersRefused: true };
  const results: CheckResult[] = [];
  for (const { title, checks } of checkGroups) {
    for (const check of checks) {
      if (only !== undefined && !only.includes(check.id)) continue;
      if (signal?.aborted === true) return scoreCard(target.socketBase, target.dialect, results);
      const result = await runCheck(check, title, options, manners);
      results.push(result);
      onResult?.(result);
    }
  }
  return scoreCard(target.socketBase, target.dialect, results);
}

async function runCheck(check: Check, group: string, options: RunOptions, manners: Manners): Promise<CheckResult> {
  const { id, title, source } = check;
  const startedMs = performance.now();
  const result = (outcome: CheckResult["outcome"], reason: string | null): CheckResult => {
    return { id, group, title, source, outcome, reason, tookMs: Math.round(performance.now() - startedMs) };
  };
  const obstacle = obstacleTo(check, options);
  if (obstacle !== null) return result("skip", obstacle);
  const { target, connectTcp, waitMs = defaultWaitMs } = options;
  const kit = new Kit({ target, connectTcp, waitMs, manners });
  try {
    await withinLimit(check.run(kit));
    return result("pass", null);
  } catch (error) {
    if (isCheckSkipped(error)) return result("skip", error.message);
    if (isCheckFailure(error)) return result("fail", error.message);
    // What the server sent could not even be read as what the check expected.
    return result("fail", error instanceof Error ? error.message : String(error));
  } finally {
    kit.end();
  }
}

async function withinLimit(run: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new CheckFailure(`not done after ${longestCheckMs} ms`)), longestCheckMs);
  });
  try {
    await Promise.race([run, late]);
  } finally {
    clearTimeout(timer);
  }
}

function obstacleTo({ dialects, needs = [] }: Check, { target, connectTcp }: RunOptions): string | null {
  if (dialects?.includes(target.dialect) === false) return `a matter of the ${dialects.join()} dialect`;
  if (needs.includes("http") && target.httpBase === null) return "the server's HTTP surface is not tested";
  if (needs.includes("tcp") && connectTcp === null) return "there is no TCP connector";
  return null;
}
