import type { StrangersFigures } from "./beside-strangers.ts";
import { strangersScenario } from "./strangers-scenario.ts";

const { checks } = strangersScenario;

export interface Verdict {
  /** Each promise that was not kept, in a line. */
  readonly broken: readonly string[];
  /** Why the waits say nothing about the server: the load generator, or the machine under it, was itself the limit. */
  readonly limit: string | null;
  /**
   * `kept`; `broken`; `undecided`: honest wallets waited too long, nothing else was wrong, and the load generator was the limit.
   */
  readonly outcome: "kept" | "broken" | "undecided";
}

export function verdictOf(report: StrangersFigures): Verdict {
  const others = [...brokenByCount(report), ...brokenByMemory(report), ...report.leftOver];
  const late = lateness(report);
  const limit = generatorLimit(report);
  const broken = [...others, ...late];
  if (broken.length === 0) return { broken, limit, outcome: "kept" };
  const isExplained = limit !== null && report.hostile.receiptMs.p99 <= checks.p99AtMostMs;
  return { broken, limit, outcome: others.length === 0 && isExplained ? "undecided" : "broken" };
}

function brokenByCount({ failedPayments, violations, ownEnds, errorsLogged, strangers }: StrangersFigures): string[] {
  const counted = {
    "honest payments were not completed": failedPayments.length,
    "violations were found in log and records": violations.length,
    "times the edge ended by itself": ownEnds,
    "errors were logged by the edge": errorsLogged.length,
  };
  const lines = Object.entries(counted).flatMap(([what, count]) => (count === 0 ? [] : [`${String(count)} ${what}`]));
  const managed = Object.entries(strangers.successes).map(([what, times]) => `${what} (${String(times)} times)`);
  const idle = strangersScenario.faults.plan.filter(({ attack }) => (strangers.rounds[attack] ?? 0) === 0);
  return [...lines, ...managed, ...idle.map(({ attack }) => `no stranger got through with: ${attack}`)];
}

function brokenByMemory({ residentBytes, heldBytes }: StrangersFigures): string[] {
  const line = (what: string, bytes: number, most: number): string[] =>
    bytes > most ? [`${what} ${String(bytes)} bytes, ${String(most)} at most`] : [];
  return [
    ...line("the edge took", residentBytes, checks.residentBytes),
    ...line("its channels held", heldBytes, checks.heldBytes),
  ];
}

function lateness({ quiet, hostile }: StrangersFigures): string[] {
  const most = quiet.receiptMs.p99 * checks.p99Ratio;
  if (hostile.receiptMs.p99 <= most) return [];
  return [`p99 of honest messages ${String(hostile.receiptMs.p99)} ms, ${String(most)} ms at most`];
}

/** Above this the CPU is the limit. */
const fullMachine = 0.95;

function generatorLimit({ options, quiet, hostile }: StrangersFigures): string | null {
  const { begunPerSecond, walletsLoopP99Ms, machineBusy } = hostile.load;
  if (begunPerSecond < options.rate * checks.leastRate) {
    return `only ${begunPerSecond.toFixed(1)} of ${String(options.rate)} payments a second could begin`;
  }
  if (walletsLoopP99Ms > (quiet.receiptMs.p99 * checks.p99Ratio) / 2) {
    return `the honest wallets' own process was ${walletsLoopP99Ms.toFixed(1)} ms late (p99)`;
  }
  if (machineBusy > fullMachine) return `the machine was ${(machineBusy * 100).toFixed(0)} % busy`;
  return null;
}
