import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { chartSvg } from "./chart.ts";
import { workspaceRoot } from "./other-build.ts";
import { scaleOf, type PaymentCost } from "./scaling.ts";
import { scalingText } from "./scaling-text.ts";
import type { TableResult } from "./table-report.ts";

const kept = (name: string): Promise<string> => readFile(join(workspaceRoot, "docs", "performance", name), "utf8");
const run = JSON.parse(await kept("table.json")) as TableResult;

describe("what is made of the kept run", () => {
  it("docs/performance/scaling.md is: npm run bench -- scaling docs/performance/table.json -o docs/performance/scaling.md", async () => {
    expect(await kept("scaling.md")).toBe(scalingText(run));
  });

  it("docs/performance/table.svg is: npm run bench -- chart docs/performance/table.json -o docs/performance/table.svg", async () => {
    expect(await kept("table.svg")).toBe(chartSvg(run));
  });
});

describe("the model", () => {
  const cost: PaymentCost = {
    serverCpuMicros: 3_000,
    brokerCpuMicros: 600,
    storedBytes: 10_000,
    serverKbPerSocket: 5,
    brokerKbPerSocket: 1,
    brokerKbPerSubject: 1,
    appendsPerSecond: 5_000,
    batchedAppendsPerSecond: 10_000,
  };

  it("gives what a rate needs, with room for peaks", () => {
    const scale = scaleOf(cost, 1_000, 1);
    expect(scale.edges).toBe(5); // 3 cores, used to 60 %
    expect(scale.appendsPerSecond).toBe(8_000);
    expect(scale.socketGb).toBeCloseTo(0.72); // 120,000 sockets
    expect(scale.subjects).toBe(86_400_000);
    expect(scale.storedGbPerDay).toBeCloseTo(2_592); // three copies
    expect(scale.regionsBy["forced writes"]).toBeCloseTo(8_000 / 3_000);
  });

  it("names the limit that asks for the most regions, and the next one", () => {
    expect(scaleOf(cost, 1_000, 1)).toMatchObject({
      limit: "forced writes",
      nextLimit: "memory for channels on record",
      regions: 3,
    });
    expect(scaleOf(cost, 1_000, 90)).toMatchObject({ limit: "memory for channels on record", nextLimit: "disk space" });
  });

  it("costs the same a payment at any rate, but for what is counted whole", () => {
    const [small, large] = [scaleOf(cost, 1_000, 1), scaleOf(cost, 100_000, 1)];
    expect(large.dollarsPerMillion / small.dollarsPerMillion).toBeCloseTo(1, 1);
  });
});

describe("the chart", () => {
  const verdict = (value: number | null, goal: number, atLeast: boolean) => ({
    scenario: "x",
    what: `a <goal>`,
    unit: "x" as const,
    goal,
    atLeast,
    value,
    met: value === null ? null : atLeast ? value >= goal : value <= goal,
    generatorLimited: false,
  });
  const draw = (...verdicts: ReturnType<typeof verdict>[]) => chartSvg({ ...run, scenarios: [], verdicts });
  const bars = (svg: string) =>
    [...svg.matchAll(/class="(met|missed)" x="([\d.]+)" y="[\d.]+" width="([\d.]+)"/g)].map(([, kind, x, width]) => {
      return { kind, from: Number(x), to: Number(x) + Number(width) };
    });

  it("draws what is met to the right of its goal and what is missed to the left, whichever way the goal points", () => {
    const [met, missed, cheap, dear] = bars(
      draw(verdict(2, 1, true), verdict(0.5, 1, true), verdict(2, 4, false), verdict(8, 4, false)),
    );
    expect(met).toMatchObject({ kind: "met", from: missed?.to });
    expect(missed?.kind).toBe("missed");
    expect(cheap).toEqual(met);
    expect(dear).toEqual(missed);
  });

  it("keeps within its frame, and escapes what it is told", () => {
    const svg = draw(verdict(1e9, 1, true), verdict(1e-9, 1, true), verdict(3, 0, false), verdict(null, 1, true));
    for (const { from, to } of bars(svg)) {
      expect(from).toBeGreaterThan(0);
      expect(to).toBeLessThan(1000);
    }
    expect(bars(svg)).toHaveLength(3); // none for what was not measured
    expect(svg).toContain("a &lt;goal&gt;");
    expect(svg).not.toContain("NaN");
  });

  it("is readable on light and on dark paper", () => {
    expect(draw(verdict(2, 1, true))).toContain("prefers-color-scheme:dark");
  });
});
