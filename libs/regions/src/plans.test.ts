import { describe, expect, test } from "vitest";
import type { Plan } from "./plan.ts";
import { planClass } from "./plan-class.ts";
import { planCopy } from "./plan-copy.ts";
import { planFailover } from "./plan-failover.ts";
import { planReturn } from "./plan-return.ts";
import { planSwitch } from "./plan-switch.ts";
import { currentRow } from "./region-row.ts";
import type { RegionState } from "./region-state.ts";
import { refusal } from "./test-support/refusal.ts";
import { World } from "./test-support/world.ts";

const streams = ["P4_CHANNELS_eu_0", "P4_CHANNELS_eu_1", "KV_P4_PROOFS_eu"];
const [log = ""] = streams;

type Command = (state: RegionState) => Plan;

const copyTo = (to: string) => (state: RegionState) => planCopy(state, to);
const switchTo = (to: string) => (state: RegionState) => planSwitch(state, to);
const returns = (site: string) => (state: RegionState) => planReturn(state, site);
const failover =
  (to: string, lost: string, fenceReachable = false) =>
  (state: RegionState) =>
    planFailover(state, { to, lost, fenceReachable, outwaitMs: 0 });

/** Runs a command to its end, as an operator does; `crashAfter` parts of its steps it dies and is run again. */
function run(world: World, command: Command, crashAfter = Infinity): void {
  const parts = World.parts(command(world.state).steps);
  parts.slice(0, crashAfter).forEach((part) => world.apply(part));
  if (crashAfter >= parts.length) return;
  World.parts(command(world.state).steps).forEach((part) => world.apply(part));
}

const partsOf = (world: World, command: Command): number => World.parts(command(world.state).steps).length;

const rowOf = (world: World) => currentRow([...world.sites.values()].map(({ row }) => row));

/** Every stream of the region, in any role, as text: `A home 2`. */
function rolesAt(world: World, site: string): string[] {
  const roles = [...world.at(site).streams.values()].map(({ role }) =>
    role.kind === "copy" ? `copy of ${role.of}` : role.kind === "plain" ? "plain" : `${role.kind} ${role.epoch}`,
  );
  return [...new Set(roles)];
}

function copied(...sites: readonly string[]): World {
  const world = new World("a", "b", ...sites).fill("a", streams);
  run(world, copyTo("b"));
  return world;
}

describe("given a deployment of one site", () => {
  test("when it gets a copy, then its streams take epoch 1, the copy is complete and the table says so", () => {
    const world = copied();
    expect([rolesAt(world, "a"), rolesAt(world, "b")]).toEqual([["home 1"], ["copy of a"]]);
    expect(world.events("b", log)).toEqual(["1", "2"]);
    expect(rowOf(world)).toEqual({
      region: "eu",
      epoch: 1,
      turn: 1,
      home: "a",
      copies: ["b"],
      joining: [],
      class: "async",
    });
  });

  test("when the copy is asked for again, then nothing is left to do", () => {
    const world = copied();
    expect(planCopy(world.state, "b").steps).toEqual([]);
  });

  test("when the other site has streams of the same names, then it is refused", () => {
    const world = new World("a", "b").fill("a", streams).fill("b", streams);
    expect(refusal(() => planCopy(world.state, "b"))).toBe("REGION_UNDECIDED");
  });
});

describe("given a home and a copy", () => {
  test("when the home is switched, then the copy is the home of epoch 2 with every event, and the old home its copy", () => {
    const world = copied();
    world.write("a", log, 1, "3");
    run(world, switchTo("b"));
    expect([rolesAt(world, "a"), rolesAt(world, "b")]).toEqual([["copy of b"], ["home 2"]]);
    expect([world.events("b", log), world.exported]).toEqual([["1", "2", "3"], []]);
    expect(rowOf(world)).toMatchObject({ epoch: 2, home: "b", copies: ["a"] });
    expect([world.write("a", log, 1, "old"), world.write("b", log, 2, "4")]).toEqual([false, true]);
  });

  test("when the home has got a stream since, then a switch takes it along, wherever it is killed", () => {
    const given = (): World => {
      const world = copied();
      world.at("a").streams.set("KV_P4_NEW_eu", { role: { kind: "home", epoch: 1, forks: [] }, events: ["1"] });
      return world;
    };
    const parts = partsOf(given(), switchTo("b"));
    for (let crashAfter = 0; crashAfter <= parts; crashAfter++) {
      const world = given();
      run(world, switchTo("b"), crashAfter);
      expect([rolesAt(world, "a"), rolesAt(world, "b")], String(crashAfter)).toEqual([["copy of b"], ["home 2"]]);
      expect([world.events("a", "KV_P4_NEW_eu"), world.events("b", "KV_P4_NEW_eu")]).toEqual([["1"], ["1"]]);
    }
  });

  test("when it is switched, then no writer is served between the fence and the promotion", () => {
    const world = copied();
    for (const part of World.parts(planSwitch(world.state, "b").steps)) {
      world.apply(part);
      const taken = ["a", "b"].filter((site) => [1, 2].some((epoch) => world.write(site, log, epoch, "x")));
      expect(taken.length).toBeLessThan(2);
    }
  });

  test("when it was given up between the table and the promotion, then only a failover goes on: the old home was not fenced", () => {
    const world = copied();
    world.at("a").answers = false;
    World.parts(failover("b", "a")(world.state).steps)
      .slice(0, 1)
      .forEach((part) => world.apply(part));
    world.at("a").answers = true;
    expect(refusal(() => planSwitch(world.state, "b"))).toBe("REGION_UNFINISHED");
    run(world, failover("b", "a", true));
    expect(rolesAt(world, "b")).toEqual(["home 2"]);
  });

  test("when the copy is old, then the switch is refused", () => {
    const world = copied();
    world.stream("b", log).role = { kind: "copy", of: "a", epoch: 1, ageMs: 2_001 };
    expect(refusal(() => planSwitch(world.state, "b"))).toBe("REGION_COPY_BEHIND");
  });

  test("when a fenced switch is taken back, then the home goes on in the next epoch and the copy stays one", () => {
    const world = copied();
    const parts = World.parts(planSwitch(world.state, "b").steps);
    parts.slice(0, 2).forEach((part) => world.apply(part));
    run(world, switchTo("a"));
    expect([rolesAt(world, "a"), rolesAt(world, "b")]).toEqual([["home 2"], ["copy of a"]]);
    expect(rowOf(world)).toMatchObject({ epoch: 2, home: "a", copies: ["b"] });
    run(world, switchTo("b"));
    expect(rolesAt(world, "b")).toEqual(["home 3"]);
  });

  test("when another site has taken over a stream, then it cannot be taken back", () => {
    const world = copied();
    const steps = planSwitch(world.state, "b").steps;
    const promoted = World.parts(steps).findIndex((part) => part.do === "promote");
    World.parts(steps)
      .slice(0, promoted + 1)
      .forEach((part) => world.apply(part));
    expect(refusal(() => planSwitch(world.state, "a"))).toBe("REGION_UNFINISHED");
  });

  test("when the home answers, then it is not given up without a word", () => {
    const world = copied();
    expect(refusal(() => planFailover(world.state, { to: "b", lost: "a", fenceReachable: false, outwaitMs: 0 }))).toBe(
      "REGION_SITE_ANSWERS",
    );
  });

  test("when the home is lost, then the copy is promoted, and only what it lacks is missing", () => {
    const world = copied();
    world.write("a", log, 1, "3", false);
    world.at("a").answers = false;
    run(world, failover("b", "a"));
    expect([rolesAt(world, "b"), world.events("b", log)]).toEqual([["home 2"], ["1", "2"]]);
    expect(rowOf(world)).toMatchObject({ epoch: 2, home: "b", copies: [], class: "async" });
  });

  test("when the deposed home returns, then its tail is written down and it is a copy, without that tail", () => {
    const world = copied();
    world.write("a", log, 1, "3", false);
    world.at("a").answers = false;
    run(world, failover("b", "a"));
    world.write("b", log, 2, "other");
    world.at("a").answers = true;
    run(world, returns("a"));
    expect([rolesAt(world, "a"), world.exported]).toEqual([["copy of b"], ["3"]]);
    expect(world.events("a", log)).toEqual(["1", "2", "other"]);
    expect(rowOf(world)).toMatchObject({ epoch: 2, home: "b", copies: ["a"] });
    expect(planReturn(world.state, "a").steps).toEqual([]);
  });

  test("when a site is back that slept through two moves, then its tail begins at the first fork", () => {
    const world = copied("c");
    run(world, copyTo("c"));
    world.write("a", log, 1, "3", false);
    world.at("a").answers = false;
    run(world, failover("b", "a"));
    run(world, returns("c"));
    world.write("b", log, 2, "x");
    world.write("b", log, 2, "y");
    world.stream("b", log).role = {
      kind: "home",
      epoch: 3,
      forks: [2, 4].map((sequence, i) => ({ epoch: i + 2, sequence })),
    };
    const row = rowOf(world);
    for (const site of ["b", "c"]) world.at(site).row = row && { ...row, epoch: 3 };
    world.at("a").answers = true;
    for (const name of streams.slice(1))
      world.stream("b", name).role = { kind: "home", epoch: 3, forks: [{ epoch: 2, sequence: 2 }] };
    run(world, returns("a"));
    expect(world.exported).toEqual(["3"]);
  });

  test("when the class is changed, then the row says so, and without a copy only none can be promised", () => {
    const world = copied();
    run(world, (state) => planClass(state, "sync"));
    expect(rowOf(world)).toMatchObject({ turn: 2, class: "sync" });
    world.at("a").answers = false;
    // Its nodes would not know.
    expect(refusal(() => planClass(world.state, "async"))).toBe("REGION_SITE_AWAY");
    run(world, failover("b", "a"));
    expect(refusal(() => planClass(world.state, "async"))).toBe("REGION_NOT_A_COPY");
    expect(refusal(() => planClass(world.state, "none"))).toBe("none");
  });
});

describe("given three sites", () => {
  test("when the home is lost, then the copy that has less is refused", () => {
    const world = copied("c");
    run(world, copyTo("c"));
    world.write("a", log, 1, "3");
    world.stream("b", log).events.pop();
    world.at("a").answers = false;
    const to = (site: string) => () => failover(site, "a")(world.state);
    expect([refusal(to("b")), refusal(to("c"))]).toEqual(["REGION_COPY_BEHIND", "none"]);
  });

  test("when two of them are away, then the table cannot be changed", () => {
    const world = copied("c");
    world.at("a").answers = false;
    world.at("c").answers = false;
    expect(refusal(() => failover("b", "a")(world.state))).toBe("REGION_SITE_AWAY");
  });

  test("when a lease is in force, then it is outwaited between the table and the promotion", () => {
    const world = copied("c");
    world.at("a").answers = false;
    const { steps } = planFailover(world.state, { to: "b", lost: "a", fenceReachable: false, outwaitMs: 6_000 });
    expect(steps.map((step) => step.do)).toEqual(["table", "outwait", "promote"]);
  });

  test("when the home is switched, then the third site follows the new home", () => {
    const world = copied("c");
    run(world, copyTo("c"));
    run(world, switchTo("b"));
    expect([rolesAt(world, "a"), rolesAt(world, "c")]).toEqual([["copy of b"], ["copy of b"]]);
    expect(rowOf(world)).toMatchObject({ home: "b", copies: ["a", "c"] });
  });
});

/** What a command is run on, and what is true at its end wherever it was interrupted. */
const crashes: readonly { what: string; world: () => World; command: Command; home: string; copies: string[] }[] = [
  { what: "copy", world: () => new World("a", "b").fill("a", streams), command: copyTo("b"), home: "a", copies: ["b"] },
  { what: "switch", world: () => copied(), command: switchTo("b"), home: "b", copies: ["a"] },
  {
    what: "switch of three",
    world: () => {
      const world = copied("c");
      run(world, copyTo("c"));
      return world;
    },
    command: switchTo("b"),
    home: "b",
    copies: ["a", "c"],
  },
  {
    what: "switch that is taken back",
    world: () => {
      const world = copied();
      World.parts(planSwitch(world.state, "b").steps)
        .slice(0, 3)
        .forEach((part) => world.apply(part));
      return world;
    },
    command: switchTo("a"),
    home: "a",
    copies: ["b"],
  },
  {
    what: "failover",
    world: () => {
      const world = copied();
      world.at("a").answers = false;
      return world;
    },
    command: failover("b", "a"),
    home: "b",
    copies: [],
  },
  {
    what: "failover from a home that answers",
    world: () => copied(),
    command: failover("b", "a", true),
    home: "b",
    copies: [],
  },
  {
    what: "return",
    world: () => {
      const world = copied();
      world.write("a", log, 1, "tail", false);
      world.at("a").answers = false;
      run(world, failover("b", "a"));
      world.at("a").answers = true;
      return world;
    },
    command: returns("a"),
    home: "b",
    copies: ["a"],
  },
];

test.each(crashes)("a $what that is killed after any part of any step ends right when it is run again", (given) => {
  const parts = partsOf(given.world(), given.command);
  expect(parts).toBeGreaterThan(3);
  for (let crashAfter = 0; crashAfter < parts; crashAfter++) {
    const world = given.world();
    run(world, given.command, crashAfter);
    const at = `after part ${String(crashAfter)} of ${String(parts)}`;
    expect(rowOf(world), at).toMatchObject({ home: given.home, copies: given.copies });
    const { epoch } = rowOf(world) ?? { epoch: 0 };
    expect(rolesAt(world, given.home), at).toEqual([`home ${String(epoch)}`]);
    for (const site of given.copies) expect(rolesAt(world, site), at).toEqual([`copy of ${given.home}`]);
    expect(
      world.exported.filter((event) => event !== "tail"),
      at,
    ).toEqual([]);
  }
});
