import { describe, expect, test } from "vitest";
import { gateVerdict, type GateView } from "./gate-verdict.ts";
import { Lease, type HeardRow } from "./lease.ts";

type Row = readonly [epoch: number, home: string] | null;

/** The view of site `a` at 1,000 ms: what each site's table said, and when it was asked. */
function view(rows: Readonly<Record<string, Row>>, change: Partial<GateView> = {}, askedAtMs = 0): GateView {
  return { ...look(["a", "b", "w"], rows, askedAtMs), ...change };
}

function ofTwo(rows: Readonly<Record<string, Row>>, change: Partial<GateView> = {}): GateView {
  return { ...look(["a", "b"], rows, 0), ...change };
}

function look(sites: readonly string[], rows: Readonly<Record<string, Row>>, askedAtMs: number): GateView {
  const lease = new Lease({ sites, own: "a", leaseMs: 4_000 });
  for (const [site, row] of Object.entries(rows)) {
    const heard: HeardRow = row === null ? null : { epoch: row[0], home: row[1] };
    lease.hear(site, heard, askedAtMs);
  }
  return { lease, nowMs: 1_000, listening: 1, isOpen: false, noHomeAtMs: null, alone: false };
}

const gate = (given: GateView) => gateVerdict(given).gate;

describe("a gate that is shut", () => {
  test("opens for a home that most sites confirm, and says which", () => {
    expect(gateVerdict(view({ a: [1, "a"], b: [1, "a"] }))).toEqual({
      gate: "open",
      epoch: 1,
      why: "epoch 1 is confirmed by a, b",
    });
  });

  test("does not open before most of them have answered, nor for what an operator vouches for", () => {
    expect(gate(view({}))).toBe("shut");
    expect(gate(view({ b: [1, "a"], w: [1, "a"] }))).toBe("shut");
    expect(gate(view({ a: [1, "a"] }, { alone: true }))).toBe("shut");
    expect(gate(view({ a: [1, "a"], b: null }))).toBe("shut");
    expect(gateVerdict(view({ a: [1, "a"] })).why).toBe("1 of 3 sites confirm epoch 1, not b, w");
  });

  test("does not open for answers that are older than the lease", () => {
    expect(gate(view({ a: [1, "a"], b: [1, "a"] }, {}, -3_001))).toBe("shut");
  });

  test("does not open while the broker has not said whether it takes writes", () => {
    expect(gate(view({ a: [1, "a"], b: [1, "a"] }, { listening: undefined }))).toBe("shut");
  });

  test("stays shut for a home that was deposed while it was away", () => {
    const back = { a: [1, "a"], b: [2, "b"], w: [2, "b"] } as const;
    expect(gateVerdict(view(back))).toEqual({ gate: "shut", epoch: 1, why: "a later home is known: b, epoch 2" });
    expect(gate(view({ a: [1, "a"], b: [2, "b"] }))).toBe("shut");
  });
});

describe("a gate that is open", () => {
  test("is shut when its confirmation is older than the lease, and when most sites know a later home", () => {
    const rows = { a: [1, "a"], b: [1, "a"] } as const;
    expect(gate(view(rows, { isOpen: true, nowMs: 3_999 }))).toBe("open");
    expect(gate(view(rows, { isOpen: true, nowMs: 4_000 }))).toBe("shut");
    expect(gate(view({ a: [1, "a"], b: [2, "b"], w: [2, "b"] }, { isOpen: true }))).toBe("shut");
  });

  test("stays so for a lease after the home came here: a first epoch comes before its table", () => {
    const rows = { a: null, b: null } as const;
    const moved = { isOpen: true, noHomeAtMs: 900 };
    expect(gate(view(rows, moved))).toBe("open");
    expect(gate(view(rows, { ...moved, nowMs: 4_900 }))).toBe("shut");
    expect(gate(view(rows, { noHomeAtMs: 900 }))).toBe("shut");
    // A row of the home before confirms the new one.
    expect(gate(view({ a: [1, "b"], b: [1, "b"] }, { listening: 2 }))).toBe("open");
  });
});

describe("where no home is", () => {
  test("the gate is open, so that a move need not wait: nothing takes writes there", () => {
    const copy = { listening: null };
    expect(gateVerdict(view({ a: [1, "b"] }, copy))).toMatchObject({ gate: "open", epoch: null });
    // The table names this site before its streams are promoted, or while they are fenced.
    expect(gate(view({ a: [2, "a"] }, copy))).toBe("shut");
    expect(gate(view({ a: [2, "a"], b: [2, "a"] }, copy))).toBe("open");
  });

  test("nor a table, it is open when most of the sites have none", () => {
    const none = { listening: null };
    expect(gateVerdict(view({ a: null, b: null }, none))).toMatchObject({ gate: "open", epoch: null });
    expect(gate(view({ a: null }, none))).toBe("shut");
    expect(gate(view({ a: null, b: [1, "b"], w: [1, "b"] }, none))).toBe("shut");
  });
});

describe("of two sites", () => {
  test("both have to confirm a home at its start, or an operator vouches for it", () => {
    expect(gate(ofTwo({ a: [1, "a"] }))).toBe("shut");
    expect(gate(ofTwo({ a: [1, "a"], b: [1, "a"] }))).toBe("open");
    const vouched = [false, true].map((isOpen) => gateVerdict(ofTwo({ a: [1, "a"] }, { alone: true, isOpen })));
    const why = "an operator vouches that the other site has not taken over";
    expect(vouched).toEqual(Array(2).fill({ gate: "open", epoch: 1, why }));
  });

  test("a home that was open goes on without the other, until that one names a later home", () => {
    expect(gate(ofTwo({ a: [1, "a"] }, { isOpen: true, nowMs: 90_000 }))).toBe("open");
    expect(gate(ofTwo({ a: [1, "a"], b: [2, "b"] }, { isOpen: true, alone: true }))).toBe("shut");
  });
});
