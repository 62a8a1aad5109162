import { expect, describe, test } from "vitest";
import type { Plan } from "./plan.ts";
import { planCopy } from "./plan-copy.ts";
import { planFailover } from "./plan-failover.ts";
import { planSwitch } from "./plan-switch.ts";
import type { RegionState } from "./region-state.ts";
import type { Step } from "./step.ts";
import { World } from "./test-support/world.ts";

const streams = ["P4_CHANNELS_eu_0", "KV_P4_PROOFS_eu"];

const switchTo =
  (to: string) =>
  (state: RegionState): Plan =>
    planSwitch(state, to);
const failover =
  (to: string, lost: string, fenceReachable = false) =>
  (state: RegionState): Plan =>
    planFailover(state, { to, lost, fenceReachable, outwaitMs: 0 });

describe("given two operators who have seen the same", () => {
  /** Streams that take writes, as `2 of b`. */
  const homes = (world: World): string[] =>
    [...world.sites].flatMap(([site, { streams: held }]) =>
      [...held.values()].flatMap(({ role }) => (role.kind === "home" ? [`${role.epoch} of ${site}`] : [])),
    );
  /** Whether all of it could be done. */
  const applyAll = (world: World, parts: readonly Step[], seen: Set<string>): boolean => {
    try {
      for (const part of parts) {
        world.apply(part);
        homes(world).forEach((home) => seen.add(home));
      }
      return true;
    } catch {
      return false;
    }
  };
  const given = (): World => {
    const world = new World("a", "b", "c").fill("a", streams);
    for (const to of ["b", "c"]) World.parts(planCopy(world.state, to).steps).forEach((part) => world.apply(part));
    return world;
  };
  const away = (): World => {
    const world = given();
    world.at("a").answers = false;
    return world;
  };

  test.each([
    ["switches to different sites", given, switchTo("b"), switchTo("c")],
    ["failovers to different sites", away, failover("b", "a"), failover("c", "a")],
    ["a switch, and a failover to another site", given, switchTo("b"), failover("c", "a", true)],
  ])(
    "when they carry out %s, then no epoch has two homes, in any order of their steps",
    (_what, start, first, second) => {
      const count = World.parts(first(start().state).steps).length;
      for (let before = 0; before <= count; before++) {
        const world = start();
        const [one, two] = [first, second].map((command) => World.parts(command(world.state).steps));
        const seen = new Set<string>();
        const ends = [
          applyAll(world, one?.slice(0, before) ?? [], seen),
          applyAll(world, two ?? [], seen),
          applyAll(world, one?.slice(before) ?? [], seen),
        ];
        const epochs = [...seen].map((home) => home.split(" ", 1)[0]);
        expect(new Set(epochs).size, `${[...seen].join()} after ${String(before)} parts`).toBe(epochs.length);
        expect(ends, `after ${String(before)} parts`).toContain(false);
      }
    },
  );
});
