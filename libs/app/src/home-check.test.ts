import type { HomeState } from "@p4/nats";
import { expect, test } from "vitest";
import { homeCheck } from "./home-check.ts";

const home = (state: HomeState, leftMs: number, trouble: string | null = null) => ({
  site: "a",
  state,
  trouble,
  copyAgeMs: null,
  confirmers: [],
  copyClass: null,
  leaseLeftMs: () => leftMs,
});

test("a home tells how long its lease lasts, where it has one", () => {
  expect(homeCheck(home({ kind: "here", epoch: 2 }, 3_210.4)).facts).toEqual({
    site: "a",
    epoch: 2,
    leaseLeftMs: 3_210,
  });
  expect(homeCheck(home({ kind: "here", epoch: 2 }, Infinity)).facts).toEqual({ site: "a", epoch: 2 });
  expect(homeCheck(home({ kind: "away", site: "b" }, 0, "elsewhere"))).toMatchObject({ facts: { home: "b" } });
});

test("one whose lease is over is not ready", () => {
  const check = homeCheck(home({ kind: "unconfirmed", epoch: 2 }, 0, "too few sites"));
  expect(check).toEqual({ ok: false, detail: "too few sites", facts: { site: "a", leaseLeftMs: 0 } });
});

test("a home says its class of copies, and one that waits for copies for which", () => {
  const sync = { ...home({ kind: "here", epoch: 2 }, Infinity), confirmers: ["b", "c"], copyClass: "sync" as const };
  expect(homeCheck(sync).facts).toEqual({ site: "a", epoch: 2, class: "sync", confirmedBy: "b,c" });
});
