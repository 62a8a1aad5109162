import { describe, expect, test } from "vitest";
import type { StrangersFigures } from "./beside-strangers.ts";
import { strangersScenario } from "./strangers-scenario.ts";
import { verdictOf } from "./strangers-verdict.ts";

const { checks, faults } = strangersScenario;
const MiB = 1_048_576;
const waits = (p99: number) => ({ count: 100, median: 2, p99, longest: p99 });
const idle = { begunPerSecond: 20, walletsLoopP99Ms: 1, machineBusy: 0.5, cores: {} };
const phase = (p99: number, load = idle) => ({ receiptMs: waits(p99), paymentMs: waits(p99), load });

/** A campaign in which everything went well, but for what is given. */
function reportOf(changes: Partial<StrangersFigures> = {}): StrangersFigures {
  return {
    options: { minutes: 1, seed: 1, rate: 20, sabotage: null },
    natsServer: "2.15.1",
    quiet: phase(10),
    hostile: phase(30),
    strangers: {
      rounds: Object.fromEntries(faults.plan.map(({ attack }) => [attack, 1])),
      successes: {},
      bytesWritten: 0,
      loopP99Ms: 1,
    },
    payments: 1,
    failedPayments: [],
    violations: [],
    residentBytes: checks.residentBytes,
    heldBytes: checks.heldBytes,
    looks: 1,
    unready: 0,
    ownEnds: 0,
    errorsLogged: [],
    before: {},
    after: {},
    leftOver: [],
    ...changes,
  };
}

const { strangers: busyStrangers } = reportOf();

describe("the verdict on strangers", () => {
  test("every promise was kept up to its bound", () => {
    expect(verdictOf(reportOf())).toEqual({ broken: [], limit: null, outcome: "kept" });
  });

  test.each<[string, Partial<StrangersFigures>]>([
    ["1 honest payments were not completed", { failedPayments: [{ channelId: "a", detail: "" }] }],
    ["1 violations were found", { violations: [{ code: "GAP", channelId: "a", detail: "" }] }],
    ["1 times the edge ended by itself", { ownEnds: 1 }],
    ["1 errors were logged by the edge", { errorsLogged: ["edge error"] }],
    ["p99 of honest messages 31 ms, 30 ms at most", { hostile: phase(31) }],
    ["the edge took", { residentBytes: checks.residentBytes + MiB }],
    ["its channels held", { heldBytes: checks.heldBytes + MiB }],
    ["subscriptions: 1 before, 2 after", { leftOver: ["subscriptions: 1 before, 2 after"] }],
    ["he heard it (2 times)", { strangers: { ...busyStrangers, successes: { "he heard it": 2 } } }],
    ["no stranger got through with: hoard", { strangers: { ...busyStrangers, rounds: {} } }],
  ])("not kept: %s", (line, changes) => {
    const { broken, outcome } = verdictOf(reportOf(changes));
    expect(broken).toContainEqual(expect.stringContaining(line));
    expect(outcome).toBe("broken");
  });

  test.each([
    ["payments could not begin", { ...idle, begunPerSecond: 15 }],
    ["the wallets' own process was late", { ...idle, walletsLoopP99Ms: 20 }],
    ["the machine was full", { ...idle, machineBusy: 0.99 }],
  ])("long waits are not decided where %s", (_what, load) => {
    const { limit, outcome } = verdictOf(reportOf({ hostile: phase(100, load) }));
    expect(limit).not.toBeNull();
    expect(outcome).toBe("undecided");
    expect(verdictOf(reportOf({ hostile: phase(100, load), ownEnds: 1 })).outcome).toBe("broken");
    expect(verdictOf(reportOf({ hostile: phase(checks.p99AtMostMs + 1, load) })).outcome).toBe("broken");
  });
});
