import { expect, test } from "vitest";
import type { Plan } from "./plan.ts";
import { planCopy } from "./plan-copy.ts";
import { lossesOf, planFailover } from "./plan-failover.ts";
import { planReturn } from "./plan-return.ts";
import { planSwitch } from "./plan-switch.ts";
import { World } from "./test-support/world.ts";

const log = "P4_CHANNELS_eu_0";

function apply(world: World, { steps }: Plan): void {
  World.parts(steps).forEach((part) => world.apply(part));
}

/** A home with two copies, of which that at b has lost some events in the middle. */
function holed(): World {
  const world = new World("a", "b", "c").fill("a", [log, "KV_P4_PROOFS_eu"]);
  for (const to of ["b", "c"]) apply(world, planCopy(world.state, to));
  world.stream("b", log).holes = 81;
  return world;
}

test("a copy that has holes does not become the home by a switch, until return has recreated it", () => {
  const world = holed();
  expect(() => planSwitch(world.state, "b")).toThrow(expect.objectContaining({ code: "REGION_COPY_HOLED" }) as Error);
  const { steps } = planReturn(world.state, "b");
  expect(steps.find((step) => step.do === "drop")).toMatchObject({ site: "b", streams: [log] });
  apply(world, planReturn(world.state, "b"));
  apply(world, planSwitch(world.state, "b"));
  expect(world.stream("b", log).role).toMatchObject({ kind: "home", epoch: 2 });
});

test("a switch to another site recreates such a copy", () => {
  const world = holed();
  apply(world, planSwitch(world.state, "c"));
  expect(world.stream("b", log)).not.toHaveProperty("holes");
});

/** A failover of a, which is away. */
const failover =
  (world: World, to: string, acceptLoss = false): (() => Plan) =>
  () =>
    planFailover(world.state, { to, lost: "a", fenceReachable: false, outwaitMs: 0, acceptLoss });

const refused = (code: string, detail: string | RegExp = ""): Error =>
  expect.objectContaining({ code, message: expect.stringMatching(detail) as string }) as Error;

test("a home that is lost is taken over by the copy that has no holes", () => {
  const world = holed();
  world.at("a").answers = false;
  expect(failover(world, "b", true)).toThrow(refused("REGION_COPY_BEHIND", "c has more"));
  expect(failover(world, "c")).not.toThrow();
});

test("where no copy is better, one with holes takes over when an operator accepts what is lost", () => {
  const world = holed();
  world.at("a").answers = false;
  // More events here, fewer holes there.
  world.stream("b", log).events.push("3");
  expect(failover(world, "c")).not.toThrow();
  expect(failover(world, "b")).toThrow(
    refused("REGION_WOULD_LOSE", `${log} lacks 81 events in the middle at b, at c 0`),
  );
  expect(failover(world, "b", true)).not.toThrow();
});

test("where every copy has holes, a failover says what each lacks, and killed after any part it goes on when it is run again", () => {
  const given = (): World => {
    const world = holed();
    world.stream("c", log).holes = 40;
    world.stream("c", log).events.pop();
    world.at("a").answers = false;
    return world;
  };
  expect(failover(given(), "b")).toThrow(refused("REGION_WOULD_LOSE", "lacks 81 events in the middle at b, at c 40"));
  expect(failover(given(), "c")).toThrow(refused("REGION_WOULD_LOSE", "lacks 40 events in the middle at c, at b 81"));
  expect(lossesOf(given().state, { to: "b", lost: "a" })).toHaveLength(1);
  const parts = World.parts(failover(given(), "b", true)().steps);
  for (let killedAfter = 0; killedAfter < parts.length; killedAfter++) {
    const world = given();
    parts.slice(0, killedAfter).forEach((part) => world.apply(part));
    apply(world, failover(world, "b", true)());
    expect(world.stream("b", log).role, String(killedAfter)).toMatchObject({ kind: "home", epoch: 2 });
    expect(failover(world, "b", true)).toThrow(refused("REGION_IS_HOME"));
  }
});

test("what a home lacked when it was promoted is no loss of the next failover", () => {
  const world = holed();
  world.stream("c", log).events.pop();
  world.at("a").answers = false;
  apply(world, failover(world, "b", true)());
  apply(world, planReturn(world.state, "c"));
  expect(world.stream("c", log)).toMatchObject({ holes: 81, inheritedHoles: 81 });
  world.at("b").answers = false;
  world.at("a").answers = true;
  const again = { to: "c", lost: "b", fenceReachable: false, outwaitMs: 0 };
  expect(() => planFailover(world.state, again)).not.toThrow();
  world.stream("c", log).holes = 90;
  expect(() => planFailover(world.state, again)).toThrow(refused("REGION_WOULD_LOSE", "lacks 9 events"));
});

test("of two copies each of which is ahead in another stream, an operator takes either", () => {
  const world = holed();
  for (const site of ["b", "c"]) delete (world.stream(site, log) as { holes?: number }).holes;
  world.stream("b", log).events.push("3");
  world.stream("c", "KV_P4_PROOFS_eu").events.push("3");
  world.at("a").answers = false;
  for (const to of ["b", "c"]) {
    expect(failover(world, to)).not.toThrow();
  }
});

test("what the home itself lacks is no fault of its copies", () => {
  const world = holed();
  for (const site of ["a", "c"]) world.stream(site, log).holes = 81;
  expect(() => planSwitch(world.state, "b")).not.toThrow();
  expect(planReturn(world.state, "b").steps).toEqual([]);
});
