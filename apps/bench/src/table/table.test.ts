import { expect, it } from "vitest";
import { measureBound } from "./broker-bound.ts";
import { measureReplay } from "./cold-replay.ts";
import { measureScenario } from "./measure.ts";
import { workspaceRoot } from "./other-build.ts";
import { scenarios, type Scenario } from "./scenarios.ts";
import { tableText } from "./table-report.ts";

const silent = (): void => undefined;
const environment = { cores: 2, loadBefore: 0.5, loadAfter: 1, rounds: 1, bounds: [], replay: [] };

it("gets its answers from the broker as a bare client, alone and in batches", async () => {
  const bounds = [
    { streams: 8, inFlight: 4, batch: 1, forMs: 100 },
    { streams: 2, inFlight: 8, batch: 4, forMs: 100 },
  ];
  const results = await measureBound(bounds, 1, silent);
  for (const { appendsPerSecond, p50Ms } of results) {
    expect(appendsPerSecond).toBeGreaterThan(0);
    expect(p50Ms).toBeGreaterThan(0);
  }
});

it("folds recorded channels beside JSON.parse", async () => {
  const [result] = await measureReplay([{ name: "this build", root: workspaceRoot }], 1);
  expect(result?.channelsPerSecond).toBeGreaterThan(0);
  expect(result?.parsesPerSecond).toBeGreaterThan(0);
});

it("measures each kind of load, and counts neither the first round nor what is not to be measured", async () => {
  const rounds: string[] = [];
  const scenario: Scenario = {
    name: "test",
    title: "a test",
    unit: "message",
    async run({ prefix }, measured) {
      rounds.push(prefix);
      await measured((note) => {
        for (const latencyMs of [1, 2, 3]) note(latencyMs);
        return Promise.resolve();
      });
    },
  };
  const subject = { name: "itself", port: 0, pid: process.pid, brokerPid: null, stop: () => Promise.resolve() };
  const [row] = await measureScenario(scenario, [subject], 2, silent);
  expect(rounds).toEqual(["test-0-", "test-1-", "test-2-"]);
  expect(row).toMatchObject({ subject: "itself", p50Ms: 2, brokerCpuMicros: null });
});

it("has no two rows of one name", () => {
  expect(new Set(scenarios.map(({ name }) => name)).size).toBe(scenarios.length);
});

it("prints the ratio to each other server, and says when the load generator was the limit", () => {
  const row = (subject: string, perSecond: number, generatorCores: number) => ({
    subject,
    perSecond: { median: perSecond, lowest: perSecond, highest: perSecond },
    p50Ms: 1,
    p99Ms: 2,
    serverCpuMicros: { median: 100, lowest: 90, highest: 110 },
    brokerCpuMicros: null,
    generatorCores,
  });
  const rows = [row("this build", 500, 0.2), row("relay in memory", 1000, 0.97)];
  const text = tableText({ ...environment, scenarios: [{ name: "x", title: "a title", unit: "message", rows }] });
  expect(text).toMatch(/against relay in memory +0\.500x/);
  expect(text).toMatch(/relay in memory .*0\.970 \(its limit\)/);
  expect(text).toContain("100 (90.0 to 110)");
  expect(text).toContain("2 cores, load 0.500 before and 1.00 after");
});
