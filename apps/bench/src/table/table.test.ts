import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { brokerBound } from "./broker-bound.ts";
import { coldReplay } from "./cold-replay.ts";
import type { Spreads } from "./figures.ts";
import { goals, judge, Rows, type Goal } from "./goals.ts";
import { workspaceRoot } from "./other-build.ts";
import { runScenario } from "./run-scenario.ts";
import type { Scenario } from "./scenario.ts";
import { scenarios } from "./scenarios.ts";
import { Stage } from "./stage.ts";
import { tableText } from "./table-report.ts";
import { underLoad } from "./under-load.ts";
import { p4Wire } from "../wires.ts";

const silent = (): void => undefined;
const build = { name: "this build", root: workspaceRoot };
const environment = {
  measuredAt: "2026-01-01T00:00:00.000Z",
  commit: "abc",
  processor: "one",
  cores: 2,
  node: "22",
  broker: "2",
  loadBefore: 0.5,
  loadAfter: 1,
  rounds: 1,
  full: false,
  elapsedSeconds: 1,
};
const spread = (value: number) => ({ median: value, lowest: value * 0.9, highest: value * 1.1 });
const row = (subject: string, figures: Spreads) => ({ subject, figures });
const result = (name: string, rows: ReturnType<typeof row>[]) => ({
  name,
  title: "a title",
  unit: "message",
  rows,
  skipped: [{ subject: "another", reason: "no such program" }],
});

describe("the broker's bound", () => {
  const stage = new Stage([build], false, silent);
  beforeAll(() => stage.bareBroker());
  afterAll(() => stage.stop());

  it.each([
    { streams: 8, inFlight: 4, batch: 1, forMs: 100 },
    { streams: 2, inFlight: 8, batch: 4, forMs: 100 },
  ])("has its answers from the broker: $streams streams, batches of $batch", async (bound) => {
    const figures = await brokerBound(await stage.bareBroker(), bound).measure("");
    expect(figures.perSecond).toBeGreaterThan(0);
    expect(figures.p50Ms).toBeGreaterThan(0);
  });
});

it("folds recorded channels beside JSON.parse", async () => {
  const contenders = await coldReplay([build]);
  expect(contenders.map(({ name }) => name)).toEqual(["this build", "JSON.parse"]);
  for (const contender of contenders) expect((await contender.measure("")).perSecond).toBeGreaterThan(0);
});

describe("a scenario", () => {
  const stage = new Stage([build], false, silent);
  const rounds: string[] = [];
  const subject = { name: "itself", wire: p4Wire, port: 0, pid: process.pid, brokerPid: null, stop: async () => {} };
  let stopped = 0;
  const scenario: Scenario = {
    name: "test",
    title: "a test",
    unit: "message",
    contenders(on) {
      on.pass({ stop: () => Promise.resolve(void stopped++) });
      on.leaveOut("another", new Error("no such program"));
      const contender = underLoad(subject, async ({ prefix }, measured) => {
        rounds.push(prefix);
        await measured((note) => {
          const isWarmUp = prefix.endsWith("-0-");
          for (const latencyMs of isWarmUp ? [100, 200, 300] : [1, 2, 3]) note(latencyMs);
          return Promise.resolve();
        });
      });
      return Promise.resolve([contender]);
    },
  };

  it("takes rounds, does not count the first, stops what was started for it and says what was skipped", async () => {
    const { rows, skipped } = await runScenario(scenario, stage, 2);
    expect(rounds).toEqual(["test-0-", "test-1-", "test-2-"]);
    expect(rows[0]).toMatchObject({ subject: "itself", figures: { p50Ms: { median: 2, highest: 2 } } });
    expect(rows[0]?.figures).not.toHaveProperty("brokerCpuMicros");
    expect(skipped).toEqual([{ subject: "another", reason: "no such program" }]);
    expect(stopped).toBe(1);
  });

  it("that starts from nothing is measured once", async () => {
    rounds.length = 0;
    await runScenario({ ...scenario, once: true }, stage, 2);
    expect(rounds).toEqual(["test-1-"]);
  });
});

it("has no two rows of one name, and each goal is of a row", () => {
  const names = new Set(scenarios.map(({ name }) => name));
  expect(names.size).toBe(scenarios.length);
  expect(goals.filter(({ scenario }) => !names.has(scenario))).toEqual([]);
});

it("compares many with few by CPU, whichever process it is of", () => {
  const live = result("live", [
    row("beside 10", { serverCpuMicros: spread(80), brokerCpuMicros: spread(20) }),
    row("beside 100", { serverCpuMicros: spread(110), brokerCpuMicros: spread(40) }),
  ]);
  const recorded = result("recorded", [
    row("beside 10", { brokerCpuMicros: spread(100) }),
    row("beside 100", { brokerCpuMicros: spread(120) }),
  ]);
  expect(judge([live, recorded])).toMatchObject([
    { scenario: "live", value: 1.5, met: false },
    { scenario: "recorded", value: 1.2, met: true },
  ]);
});

it("gives goals and the guard the median, the lowest and the highest of a line", () => {
  const rows = new Rows([row("this build", { perSecond: spread(100) }), row("relay", { perSecond: spread(200) })]);
  expect(rows.figure("perSecond")).toBe(100);
  expect(rows.lowest("perSecond", "relay")).toBe(180);
  expect(rows.highest("perSecond", "relay")).toBeCloseTo(220);
  expect(rows.ratio("perSecond", "relay")).toBe(0.5);
  expect(rows.figure("p50Ms", "relay")).toBeUndefined();
});

it("judges an open loop by its worst round at any rate, and not by the relay", () => {
  const failing = row("this build, 200/s asked", { perSecond: spread(200), failedPerSecond: spread(10) });
  const done = row("this build, 500/s asked", { perSecond: spread(500), failedPerSecond: spread(0) });
  const relay = row("relay in memory, 500/s asked", { perSecond: spread(400), failedPerSecond: spread(100) });
  const verdicts = judge([result("openloop", [failing, done, relay])]);
  expect(verdicts).toMatchObject([
    { value: 500, met: true },
    { value: 11, met: false },
  ]);
});

describe("the report", () => {
  const rows = [
    row("this build", { perSecond: spread(500), serverCpuMicros: spread(100), generatorCores: spread(0.97) }),
    row("relay in memory", { perSecond: spread(1000), generatorCores: spread(0.2) }),
  ];
  const goal = (bound: number, atLeast: boolean): Goal => ({
    scenario: "x",
    what: "rate against the relay",
    unit: "x",
    bound,
    atLeast,
    value: (of) => of.ratio("perSecond", "relay"),
  });
  const scenario = result("x", rows);
  const textWith = (...of: Goal[]) =>
    tableText({ ...environment, scenarios: [scenario], verdicts: judge([scenario], of) });

  it("has the ratio to each other subject, what was skipped, and says when the load generator was the limit", () => {
    const text = textWith(goal(0.4, true));
    expect(text).toMatch(/against relay in memory +0\.500x/);
    expect(text).toMatch(/this build .*0\.970 \(its limit\)/);
    expect(text).toContain("100 (90.0 to 110)");
    expect(text).toContain("another: skipped, no such program");
    expect(text).toContain("load 0.500 before and 1.00 after");
    expect(text).toContain("met (the load generator was the limit)");
  });

  it("ends a row with goal and verdict, whichever way the goal points", () => {
    expect(textWith(goal(0.4, true))).toContain("rate against the relay >= 0.400x: 0.500x, met");
    expect(textWith(goal(1, true))).toContain("rate against the relay >= 1.00x: 0.500x, missed by 2.00x");
    expect(textWith(goal(0.4, false))).toContain("rate against the relay <= 0.400x: 0.500x, missed by 1.25x");
    expect(textWith(goal(1, false), goal(0.4, false))).toContain("1 of 2 goals met");
    const unmeasured = { ...goal(1, true), value: () => undefined };
    expect(textWith(unmeasured)).toContain("rate against the relay >= 1.00x: not measured");
  });
});
