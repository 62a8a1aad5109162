import { expect, test } from "vitest";
import { planRegionFaults } from "./plan-region-faults.ts";
import { linkFaultKinds, moveKinds } from "./region-fault.ts";

const links = ["b-a", "c-a", "c-b"];
const hour = 60 * 60_000;

test("the same seed gives the same schedule, another seed another one", () => {
  expect(planRegionFaults(7, hour, links)).toEqual(planRegionFaults(7, hour, links));
  expect(planRegionFaults(7, hour, links)).not.toEqual(planRegionFaults(8, hour, links));
});

test("a longer campaign begins as a shorter one", () => {
  const [short, long] = [planRegionFaults(3, hour / 4, links), planRegionFaults(3, hour, links)];
  expect(long.moves.slice(0, short.moves.length)).toEqual(short.moves);
  expect(long.links.slice(0, short.links.length)).toEqual(short.links);
});

test.each([1, 2, 3])("every kind comes within five minutes, and all is healed at the end: seed %i", (seed) => {
  const { moves, links: faults } = planRegionFaults(seed, hour / 12, links);
  expect(new Set(moves.map(({ kind }) => kind))).toEqual(new Set(moveKinds));
  for (const { atMs, holdMs } of [...moves, ...faults]) expect(atMs + holdMs).toBeLessThanOrEqual(hour / 12);
});

test("every link is hit in every way", () => {
  const { links: faults } = planRegionFaults(1, hour, links);
  expect(new Set(faults.map(({ kind }) => kind))).toEqual(new Set(linkFaultKinds));
  expect(new Set(faults.map(({ link }) => link))).toEqual(new Set(links));
});

test.each([1, 2, 3])("a site has time to be back before the next one goes, a link too: seed %i", (seed) => {
  const { moves, links: faults } = planRegionFaults(seed, hour, links);
  for (const plan of [moves, faults]) {
    for (const [index, { atMs }] of plan.entries()) {
      const before = plan[index - 1];
      if (before !== undefined) expect(atMs).toBeGreaterThan(before.atMs + before.holdMs);
    }
  }
});
