import type { FigureName } from "./figures.ts";
import type { Row, ScenarioResult } from "./scenario.ts";

/** What a row is to reach. */
export interface Goal {
  readonly scenario: string;
  readonly what: string;
  readonly unit: "x" | "us" | "/s" | " KB";
  readonly bound: number;
  readonly atLeast: boolean;
  /** Undefined: not measured in this run. */
  readonly value: (rows: Rows) => number | undefined;
}

export interface Verdict {
  readonly scenario: string;
  readonly what: string;
  readonly unit: Goal["unit"];
  readonly goal: number;
  readonly atLeast: boolean;
  /** Null: not measured in this run. */
  readonly value: number | null;
  readonly met: boolean | null;
  /** The load generator may have been what limited a rate. */
  readonly generatorLimited: boolean;
}

/** More than this share of a core, and the load generator may be what limits the rate. */
export const busyGenerator = 0.85;
/** An open loop that asks later than this has not asked at its rate. */
export const lateGeneratorMs = 250;

/** The rows of one scenario, read by goals. */
export class Rows {
  readonly #rows: readonly Row[];

  constructor(rows: readonly Row[]) {
    this.#rows = rows;
  }

  /** The median of this build's figure, or of the first other subject whose name begins so. */
  figure(name: FigureName, subject?: string): number | undefined {
    return this.#find(subject)?.figures[name]?.median;
  }

  /** This build's figure against another subject's. */
  ratio(name: FigureName, subject: string): number | undefined {
    return quotient(this.figure(name), this.figure(name, subject));
  }

  /** Server and broker together, of one operation. */
  cpuMicros(subject?: string): number | undefined {
    const parts = [this.figure("serverCpuMicros", subject), this.figure("brokerCpuMicros", subject)];
    const known = parts.filter((part) => part !== undefined);
    return known.length === 0 ? undefined : known.reduce((sum, part) => sum + part);
  }

  /** The last contender's CPU against the first's. */
  growth(): number | undefined {
    const [first, last] = [this.#rows[0]?.subject, this.#rows.at(-1)?.subject];
    return first === last ? undefined : quotient(this.cpuMicros(last), this.cpuMicros(first));
  }

  lowest(name: FigureName, subject: string): number | undefined {
    return this.#find(subject)?.figures[name]?.lowest;
  }

  /** The most of all lines whose name begins so. */
  highest(name: FigureName, subject: string): number | undefined {
    const values = this.#rows.flatMap((row) =>
      row.subject.startsWith(subject) ? (row.figures[name]?.highest ?? []) : [],
    );
    return values.length === 0 ? undefined : Math.max(...values);
  }

  cpuRatio(subject: string | undefined): number | undefined {
    return subject === undefined ? undefined : quotient(this.cpuMicros(), this.cpuMicros(subject));
  }

  /** Another build's name, when one took part. */
  otherBuild(): string | undefined {
    const [, second] = this.#rows;
    return second === undefined || second.subject === "relay in memory" ? undefined : second.subject;
  }

  /** In any line of this build. */
  generatorLimited(): boolean {
    const [first] = this.#rows;
    const own = this.#rows.filter((row) => row === first || row.subject.startsWith("this build"));
    return own.some(
      ({ figures }) =>
        (figures.generatorCores?.median ?? 0) > busyGenerator ||
        (figures.generatorLateMs?.median ?? 0) > lateGeneratorMs,
    );
  }

  #find(subject: string | undefined): Row | undefined {
    return subject === undefined ? this.#rows[0] : this.#rows.find((row) => row.subject.startsWith(subject));
  }
}

export function quotient(left: number | undefined, right: number | undefined): number | undefined {
  return left === undefined || right === undefined || right === 0 ? undefined : left / right;
}

function sum(left: number | undefined, right: number | undefined): number | undefined {
  return left === undefined || right === undefined ? undefined : left + right;
}

const bareClient = "bare client";
const relay = "relay in memory";

const ratio = (
  scenario: string,
  what: string,
  direction: "at least" | "at most",
  bound: number,
  value: Goal["value"],
): Goal => ({ scenario, what, unit: "x", bound, atLeast: direction === "at least", value });

const measuredRate = 500;

const joinCost = (scenario: string, part: "server" | "broker", bound: number): Goal => ({
  scenario,
  what: `${part} CPU of a join`,
  unit: "us",
  bound,
  atLeast: false,
  value: (rows) => rows.figure(`${part}CpuMicros`),
});

export const goals: readonly Goal[] = [
  ratio("alone", "p50 against one append of a bare client", "at most", 1.3, (rows) => rows.ratio("p50Ms", bareClient)),
  ratio("conversations", "server CPU against the relay", "at most", 4, (rows) => rows.ratio("serverCpuMicros", relay)),
  ratio("peers", "rate against Socket.IO", "at least", 1, (rows) => rows.ratio("perSecond", "Socket.IO")),
  ratio("peers", "CPU with the store against Socket.IO", "at most", 1.3, (rows) => rows.cpuRatio("Socket.IO")),
  ratio("peers", "rate against Centrifugo", "at least", 1.25, (rows) => rows.ratio("perSecond", "Centrifugo")),
  ratio("peers", "CPU with the store against Centrifugo", "at most", 1.1, (rows) => rows.cpuRatio("Centrifugo")),
  ratio("crowd", "rate against single appends", "at least", 0.8, (rows) => rows.ratio("perSecond", bareClient)),
  ratio("inflight512", "rate against atomic batches", "at least", 0.6, (rows) => rows.ratio("perSecond", bareClient)),
  ratio("payments", "CPU with the broker against the other build", "at most", 0.3, (rows) =>
    rows.cpuRatio(rows.otherBuild()),
  ),
  {
    scenario: "openloop",
    what: `done in time of ${String(measuredRate)}/s asked`,
    unit: "/s",
    bound: measuredRate,
    atLeast: true,
    value: (rows) => rows.figure("perSecond", `this build, ${String(measuredRate)}/s`),
  },
  {
    scenario: "openloop",
    what: "failed after joining, at any rate",
    unit: "/s",
    bound: 0,
    atLeast: false,
    value: (rows) => rows.highest("failedPerSecond", "this build,"),
  },
  joinCost("opening", "server", 500),
  joinCost("opening", "broker", 300),
  joinCost("joining", "server", 250),
  joinCost("joining", "broker", 150),
  {
    scenario: "idle",
    what: "memory of a socket, with the broker",
    unit: " KB",
    bound: 6,
    atLeast: false,
    value: (rows) => sum(rows.figure("serverKbPerSocket"), rows.figure("brokerKbPerSocket")),
  },
  ratio("proofs", "rate against appends of as many bytes", "at least", 0.5, (rows) =>
    rows.ratio("perSecond", bareClient),
  ),
  ratio("replay", "rate against JSON.parse", "at least", 0.3, (rows) => rows.ratio("perSecond", "JSON.parse")),
  ratio("live", "CPU of a message, many live channels against few", "at most", 1.3, (rows) => rows.growth()),
  ratio("recorded", "CPU of an append, many subjects against few", "at most", 1.3, (rows) => rows.growth()),
];

/** In the order of the goals; those of scenarios that were not run are left out. */
export function judge(results: readonly ScenarioResult[], of: readonly Goal[] = goals): Verdict[] {
  return of.flatMap(({ scenario, what, unit, bound, atLeast, value }) => {
    const result = results.find(({ name }) => name === scenario);
    if (result === undefined) return [];
    const rows = new Rows(result.rows);
    const measured = value(rows) ?? null;
    const met = measured === null ? null : atLeast ? measured >= bound : measured <= bound;
    return [
      { scenario, what, unit, goal: bound, atLeast, value: measured, met, generatorLimited: rows.generatorLimited() },
    ];
  });
}
