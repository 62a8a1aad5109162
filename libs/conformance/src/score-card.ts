import type { Dialect } from "@p4/protocol";

export type Outcome = "pass" | "fail" | "skip";

export interface CheckResult {
  readonly id: string;
  readonly group: string;
  readonly title: string;
  readonly source: string;
  readonly outcome: Outcome;
  /** Why it failed or was skipped; null when it passed. */
  readonly reason: string | null;
  readonly tookMs: number;
}

export interface ScoreCard {
  readonly socketBase: string;
  readonly dialect: Dialect;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Of those that were not skipped. */
  readonly percent: number;
  readonly results: readonly CheckResult[];
}

export function scoreCard(socketBase: string, dialect: Dialect, results: readonly CheckResult[]): ScoreCard {
  const count = (outcome: Outcome): number => results.filter((result) => result.outcome === outcome).length;
  const [passed, failed] = [count("pass"), count("fail")];
  const percent = passed + failed === 0 ? 0 : Math.floor((100 * passed) / (passed + failed));
  return { socketBase, dialect, passed, failed, skipped: count("skip"), percent, results };
}
