import { expect, test } from "vitest";
import { MemberWatch } from "./watch-replicas.ts";

const healthy = { name: "b", current: true, offline: false, lag: 0 };

test("a member that keeps up is never suspect, however much is on its way", () => {
  const watch = new MemberWatch("s");
  watch.note([healthy], 1_000, 0);
  watch.note([{ ...healthy, lag: 900 }], 2_000, 2_000);
  expect([watch.isSuspect(2_000), watch.behind(2_000)]).toEqual([false, []]);
});

test.each([
  ["is not current", { ...healthy, current: false }],
  ["is away", { ...healthy, offline: true }],
  ["lacks what was stored before the last look", { ...healthy, lag: 1_001 }],
])("one that %s is, and for a while after it has caught up", (_what, peer) => {
  const watch = new MemberWatch("s");
  watch.note([healthy], 1_000, 0);
  watch.note([peer], 2_000, 2_000);
  watch.note([peer], 2_000, 15_000);
  expect(watch.behind(15_000)).toEqual([{ server: "b", forMs: 13_000 }]);
  watch.note([healthy], 2_000, 17_000);
  expect(watch.behind(17_000)).toEqual([]);
  expect([watch.isSuspect(24_999), watch.isSuspect(25_000)]).toEqual([true, false]);
});

test("one that is behind while nothing is stored is found at the second look", () => {
  const watch = new MemberWatch("s");
  watch.note([{ ...healthy, lag: 3 }], 1_000, 0);
  expect(watch.isSuspect(0)).toBe(true);
});
