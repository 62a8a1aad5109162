import { expect, test } from "vitest";
import type { Plan } from "./plan.ts";
import { planCopy } from "./plan-copy.ts";
import { planFailover } from "./plan-failover.ts";
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
  expect(() => planSwitch(world.state, "b")).toThrow(expect.objectContaining({ code: "REGION_COPY_BEHIND" }) as Error);
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

test("a home that is lost is taken over by the copy that has no holes, or by any where no copy is better", () => {
  const world = holed();
  world.at("a").answers = false;
  const to = (site: string) => () =>
    planFailover(world.state, { to: site, lost: "a", fenceReachable: false, outwaitMs: 0 });
  expect(to("b")).toThrow(expect.objectContaining({ code: "REGION_COPY_BEHIND" }) as Error);
  expect(to("c")).not.toThrow();
  // More events here, fewer holes there: an operator decides.
  world.stream("b", log).events.push("3");
  expect(to("b")).not.toThrow();
  expect(to("c")).not.toThrow();
});

test("of two copies each of which is ahead in another stream, an operator takes either", () => {
  const world = holed();
  for (const site of ["b", "c"]) delete (world.stream(site, log) as { holes?: number }).holes;
  world.stream("b", log).events.push("3");
  world.stream("c", "KV_P4_PROOFS_eu").events.push("3");
  world.at("a").answers = false;
  for (const to of ["b", "c"]) {
    const plan = () => planFailover(world.state, { to, lost: "a", fenceReachable: false, outwaitMs: 0 });
    expect(plan).not.toThrow();
  }
});

test("what the home itself lacks is no fault of its copies", () => {
  const world = holed();
  for (const site of ["a", "c"]) world.stream(site, log).holes = 81;
  expect(() => planSwitch(world.state, "b")).not.toThrow();
  expect(planReturn(world.state, "b").steps).toEqual([]);
});
