import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { awayText, isAwayKept, roundTripsMore } from "./away-report.ts";
import { areCutsKept, cutsText } from "./cuts-report.ts";
import type { AwayReport } from "./away.ts";
import type { CutReport, CutsReport } from "./cuts.ts";

const main = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

/** Whatever the verdict is: it depends on the machine. */
const reportOf = (...args: readonly string[]): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const all = [main, "region-drills", ...args, "--json"];
    execFile(process.execPath, all, (error, stdout, stderr) => {
      if (stdout === "") reject(new Error(`${error?.message ?? ""}: ${stderr}`));
      else resolve(JSON.parse(stdout));
    });
  });

const cut: CutReport = { cutMs: 30_000, copyAgeMs: 30_100, behind: 9, goesOnMs: 3_000, completeMs: 9_000, leftOut: 0 };
const cutsOf = (...cuts: readonly CutReport[]): CutsReport => ({ cutsMs: [], delayMs: 20, rate: 50, cuts });

describe("a copy whose link was cut", () => {
  test("is in time when it goes on within 3 s of the heal, however long the rest takes", () => {
    expect(areCutsKept(cutsOf(cut, cut))).toBe(true);
    expect(cutsText(cutsOf(cut))).toMatch(/it goes on after +3\.0 s \(at most 3\.0 s\)/);
    expect(areCutsKept(cutsOf(cut, { ...cut, goesOnMs: 3_001 }))).toBe(false);
    expect(areCutsKept(cutsOf({ ...cut, goesOnMs: null }))).toBe(false);
    expect(areCutsKept(cutsOf({ ...cut, completeMs: null }))).toBe(false);
    expect(cutsText(cutsOf({ ...cut, completeMs: null }))).toContain("NOT kept");
  });

  test("is measured", async () => {
    const report = (await reportOf("--scenario", "cuts", "--cuts", "1", "--rate", "20")) as CutsReport;
    expect(report.cuts.map(({ cutMs }) => cutMs)).toEqual([1_000]);
    for (const { goesOnMs, completeMs } of report.cuts) {
      expect([goesOnMs, completeMs]).toEqual([expect.any(Number), expect.any(Number)]);
    }
  });
});

describe("a wallet away from home", () => {
  const away = (joinMs: number, paymentMs: number): AwayReport => ({
    payments: 1,
    delayMs: 20,
    paths: [
      { path: "home", joinMs: 10, paymentMs: 20 },
      { path: "redirected", joinMs, paymentMs },
      { path: "served", joinMs: 130, paymentMs: 100 },
    ],
  });

  test("is told of in round trips between the sites", () => {
    expect(roundTripsMore(away(50, 100), "redirected")).toEqual({ join: 1, payment: 2 });
    expect(awayText(away(50, 100))).toContain(
      "a join 1.0 (at most 1, and 0.25 for the work), a payment 2.0 (at most 2.5)",
    );
    expect(awayText(away(50, 100))).toContain("a join 3.0, a payment 2.0 (for comparison)");
    expect([isAwayKept(away(60, 120)), isAwayKept(away(61, 120)), isAwayKept(away(60, 121))]).toEqual([
      true,
      false,
      false,
    ]);
  });
});
