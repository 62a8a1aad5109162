import { describe, expect, test } from "vitest";
import { planFaults } from "./plan-faults.ts";

const targets = {
  brokers: ["nats-a", "nats-b", "nats-c"],
  edges: ["edge-1", "edge-2"],
  workers: ["expiry-1", "proofs"],
};
const half = 30 * 60_000;

describe("planFaults", () => {
  test("gives the same faults for the same seed, and others for another", () => {
    expect(planFaults(7, half, targets)).toEqual(planFaults(7, half, targets));
    expect(planFaults(7, half, targets)).not.toEqual(planFaults(8, half, targets));
  });

  test("hits every kind of target with every kind of fault in half an hour", () => {
    const plan = planFaults(1, half, targets);
    expect(new Set(plan.map(({ kind }) => kind)).size).toBe(11);
    expect(new Set(plan.map(({ target }) => target))).toEqual(new Set(Object.values(targets).flat()));
  });

  test.each([1, 2, 3])("heals everything before the end, and one broker before the next: seed %i", (seed) => {
    const plan = planFaults(seed, half, targets);
    for (const { atMs, holdMs } of plan) expect(atMs + holdMs).toBeLessThanOrEqual(half);
    const ofBrokers = plan.filter(({ kind }) => kind.includes("broker"));
    for (const [index, fault] of ofBrokers.entries()) {
      const before = ofBrokers[index - 1];
      if (before !== undefined) expect(fault.atMs).toBeGreaterThan(before.atMs + before.holdMs);
    }
  });

  test("plans nothing for targets that are not there", () => {
    expect(planFaults(1, half, { brokers: [], edges: [], workers: [] })).toEqual([]);
  });
});
