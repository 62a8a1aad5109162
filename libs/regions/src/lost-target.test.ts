import { describe, expect, test } from "vitest";
import type { Plan } from "./plan.ts";
import { planCopy } from "./plan-copy.ts";
import { lossesOf, planFailover } from "./plan-failover.ts";
import { planReturn } from "./plan-return.ts";
import { planSwitch } from "./plan-switch.ts";
import { currentRow } from "./region-row.ts";
import type { RegionState } from "./region-state.ts";
import type { Step } from "./step.ts";
import { refusal } from "./test-support/refusal.ts";
import { World } from "./test-support/world.ts";

// A move to b is cut short behind the table, and then b is gone.
const log = "P4_CHANNELS_eu_0";
const streams = [log, "KV_P4_PROOFS_eu"];

const apply = (world: World, steps: readonly Step[]): void => World.parts(steps).forEach((part) => world.apply(part));

const failover =
  (to: string, lost: string, acceptLoss = true) =>
  (state: RegionState): Plan =>
    planFailover(state, { to, lost, fenceReachable: false, outwaitMs: 0, acceptLoss });

const rowOf = (world: World) => currentRow(world.state.sites.map(({ row }) => row));

function copied(...sites: readonly string[]): World {
  const world = new World("a", ...sites).fill("a", streams);
  for (const to of sites) apply(world, planCopy(world.state, to).steps);
  return world;
}

/** The world after so many parts of a command, with everything at b gone. */
function cutShort(world: World, command: (state: RegionState) => Plan, parts: number): World {
  World.parts(command(world.state).steps)
    .slice(0, parts)
    .forEach((part) => world.apply(part));
  world.at("b").answers = false;
  return world;
}

/** Runs it to its end after each part at which it may be killed. Calls back with each world that comes of it. */
function killedAnywhere(given: () => World, command: (state: RegionState) => Plan, then: (world: World) => void): void {
  const parts = World.parts(command(given().state).steps);
  for (let killedAfter = 0; killedAfter <= parts.length; killedAfter++) {
    const world = given();
    parts.slice(0, killedAfter).forEach((part) => world.apply(part));
    if (killedAfter < parts.length) apply(world, command(world.state).steps);
    then(world);
  }
}

const switchToB = (state: RegionState): Plan => planSwitch(state, "b");

/** Up to the first promotion, and up to where the old home begins to be recreated as a copy. */
function windowOf(steps: readonly Step[]): { readonly table: number; readonly drop: number } {
  const parts = World.parts(steps);
  return {
    table: parts.findIndex(({ do: what }) => what === "table"),
    drop: parts.findIndex((part) => part.do === "drop"),
  };
}

describe.each([
  ["two sites", ["b"]],
  ["three sites", ["b", "c"]],
])("given a switch on %s that was killed behind the table, with its new home gone", (_, sites) => {
  const { table, drop } = windowOf(switchToB(copied(...sites).state).steps);
  const kills = Array.from({ length: drop - table }, (__, index) => table + 1 + index);

  test("when the old home is to take over, then an operator has to accept that it knows nothing of the new one", () => {
    for (const parts of kills) {
      const world = cutShort(copied(...sites), switchToB, parts);
      expect(
        refusal(() => failover("a", "b", false)(world.state)),
        String(parts),
      ).toBe("REGION_WOULD_LOSE");
      expect(
        refusal(() => planSwitch(world.state, "a")),
        String(parts),
      ).toBe("REGION_SITE_AWAY");
    }
  });

  test("when that is accepted, then the old home goes on in the next epoch with every event, wherever the command is killed", () => {
    for (const parts of kills) {
      const given = (): World => cutShort(copied(...sites), switchToB, parts);
      killedAnywhere(given, failover("a", "b"), (world) => {
        expect(rowOf(world)).toMatchObject({ epoch: 3, home: "a", copies: [] });
        expect(world.stream("a", log)).toMatchObject({ role: { kind: "home", epoch: 3 }, events: ["1", "2"] });
        expect(world.write("a", log, 3, "3")).toBe(true);
        expect(refusal(() => failover("a", "b")(world.state))).toBe("REGION_IS_HOME");
      });
    }
  });

  test("when the new home comes back, then what it took meanwhile is written down, and it is a copy", () => {
    for (const parts of kills) {
      const world = cutShort(copied(...sites), switchToB, parts);
      const took = world.write("b", log, 2, "late", false);
      apply(world, failover("a", "b")(world.state).steps);
      // As long as what the other one took, so that its sequences tell nothing.
      world.write("a", log, 3, "3");
      world.at("b").answers = true;
      killedAnywhere(
        () => structuredCloneOf(world),
        (state) => planReturn(state, "b"),
        (returned) => {
          expect([...new Set(returned.exported)], String(parts)).toEqual(took ? ["late"] : []);
          expect(returned.stream("b", log)).toMatchObject({ role: { kind: "copy", of: "a" }, events: ["1", "2", "3"] });
          expect(rowOf(returned)).toMatchObject({ epoch: 3, home: "a", copies: ["b"] });
        },
      );
    }
  });
});

function structuredCloneOf(world: World): World {
  const clone = new World();
  for (const [name, site] of world.sites) clone.sites.set(name, structuredClone(site));
  clone.exported.push(...world.exported);
  return clone;
}

test("a stream that was dropped already is told of, where another site has it", () => {
  const { drop } = windowOf(switchToB(copied("b", "c").state).steps);
  const world = cutShort(copied("b", "c"), switchToB, drop + 1);
  expect(world.at("a").streams.has(log)).toBe(false);
  expect(lossesOf(world.state, { to: "a", lost: "b" })).toContain(`${log} is missing at a`);
});

describe("given a failover that was killed behind the table, with its new home gone too", () => {
  const lost = (): World => {
    const world = copied("b", "c");
    world.write("a", log, 1, "3", false);
    world.at("a").answers = false;
    // Both tables that there are, and no stream.
    return cutShort(world, failover("b", "a"), 2);
  };

  test("when the home before is back, then it can take over with what it alone had", () => {
    const world = lost();
    expect(rowOf(world)).toMatchObject({ epoch: 2, home: "b" });
    world.at("a").answers = true;
    expect(refusal(() => failover("a", "b", false)(world.state))).toBe("REGION_WOULD_LOSE");
    apply(world, failover("a", "b")(world.state).steps);
    expect(world.stream("a", log)).toMatchObject({ role: { kind: "home", epoch: 3 }, events: ["1", "2", "3"] });
    apply(world, planReturn(world.state, "c").steps);
    expect(world.events("c", log)).toEqual(["1", "2", "3"]);
  });

  test("when it stays away too, then a copy of it that is left cannot, for no majority is left", () => {
    expect(refusal(() => failover("c", "b")(lost().state))).toBe("REGION_SITE_AWAY");
  });
});

describe("given a new home that has been at work", () => {
  /** It took "x" where the deposed home has "3" of its own. */
  const atWork = (): World => {
    const world = copied("b", "c");
    world.write("a", log, 1, "3", false);
    world.at("a").answers = false;
    apply(world, failover("b", "a", false)(world.state).steps);
    world.write("b", log, 2, "x");
    return world;
  };

  test("when it has a complete copy, then nothing older takes over from it", () => {
    const world = atWork();
    apply(world, planReturn(world.state, "c").steps);
    world.at("a").answers = true;
    world.at("b").answers = false;
    expect(refusal(() => failover("a", "b")(world.state))).toBe("REGION_NOT_A_COPY");
    expect(refusal(() => failover("c", "b", false)(world.state))).toBe("none");
  });

  test("when it is lost without one, then the home before takes over, and what it took is written down when it is back", () => {
    const world = atWork();
    world.at("a").answers = true;
    world.at("b").answers = false;
    apply(world, failover("a", "b")(world.state).steps);
    world.at("b").answers = true;
    apply(world, planReturn(world.state, "b").steps);
    expect(world.exported).toEqual(["x"]);
    expect(world.events("b", log)).toEqual(["1", "2", "3"]);
  });

  test("when a site was only on its way to a copy, then an operator has to accept what that may lack", () => {
    const world = atWork();
    const parts = World.parts(planReturn(world.state, "c").steps);
    const complete = parts.findIndex((part) => part.do === "complete");
    parts.slice(0, complete).forEach((part) => world.apply(part));
    world.at("a").answers = true;
    world.at("b").answers = false;
    expect(refusal(() => failover("c", "b", false)(world.state))).toBe("REGION_WOULD_LOSE");
    expect(refusal(() => failover("c", "b")(world.state))).toBe("none");
  });
});
