import { spawnSync } from "node:child_process";
import type { RegionRow, RegionState, SiteState, StreamRole } from "@p4/regions";
import { expect, test } from "vitest";
import { atRisk } from "./at-risk.ts";
import { gateFindings } from "./gate-findings.ts";
import { regionFindings } from "./region-findings.ts";
import { regionMetrics } from "./region-metrics.ts";
import type { ServerGateState } from "./survey-gates.ts";

const row: RegionRow = { region: "eu", epoch: 2, turn: 1, home: "a", copies: ["b"], joining: [], class: "async" };
const home: StreamRole = { kind: "home", epoch: 2, forks: [] };
const copy = (ageMs: number | null): StreamRole => ({ kind: "copy", of: "a", epoch: 2, ageMs });

function site(name: string, role: StreamRole, lastSequence = 10, held: RegionRow | null = row): SiteState {
  const streams = ["P4_CHANNELS_eu_0", "KV_P4_PROOFS_eu"].map((stream) => ({ stream, role, lastSequence }));
  return { site: name, answers: true, row: held, streams };
}

const stateOf = (...sites: readonly SiteState[]): RegionState => ({ region: "eu", sites });
const holed = (streams: SiteState["streams"]) => streams.map((stream) => ({ ...stream, holes: 81 }));
const healthy = stateOf(site("a", home), site("b", copy(120)));

function red(state: RegionState): string[] {
  return regionFindings(state)
    .filter(({ status }) => status === "failed")
    .map(({ check }) => check);
}

test("nothing is red where all sites agree and the copy is fresh", () => {
  expect(red(healthy)).toEqual([]);
  expect(regionFindings(healthy).find(({ check }) => check === "at risk")?.found).toContain("b would lack 0 events");
});

test.each([
  ["a table with another epoch", stateOf(site("a", home), site("b", copy(0), 10, { ...row, epoch: 1 })), "table at b"],
  ["a table without a row", stateOf(site("a", home), site("b", copy(0), 10, null)), "table at b"],
  ["a stream with another epoch", stateOf(site("a", { ...home, epoch: 1 }), site("b", copy(0))), "streams at a"],
  [
    "a stream that the home has got since",
    stateOf(site("a", home), { ...site("b", copy(0)), streams: site("b", copy(0)).streams.slice(1) }),
    "copy at b",
  ],
  [
    "a home that is fenced",
    stateOf(site("a", { kind: "fenced", epoch: 2, by: 3 }), site("b", copy(0))),
    "streams at a",
  ],
  ["a copy that takes writes", stateOf(site("a", home), site("b", home)), "copy at b"],
  ["a copy that has not heard for longer than 3 s", stateOf(site("a", home), site("b", copy(3_001))), "copy at b"],
  [
    "a copy that lacks events in the middle",
    stateOf(site("a", home), { ...site("b", copy(0)), streams: holed(site("b", copy(0)).streams) }),
    "copy at b",
  ],
  ["a copy that has never heard", stateOf(site("a", home), site("b", copy(null))), "copy at b"],
  ["a site that is away", stateOf(site("a", home), { ...site("b", copy(0)), answers: false }), "table at b"],
] as const)("%s is red", (_what, state, check) => expect(red(state)).toContain(check));

test("a copy that has not heard for 3 s is not", () => {
  expect(red(stateOf(site("a", home), site("b", copy(3_000))))).toEqual([]);
});

const gateOf = (site: string, gate: "open" | "shut", epoch: number | null, leaseLeftMs: number | null = null) =>
  ({ site, server: `${site}-1:4222`, found: { gate, epoch, leaseLeftMs } }) satisfies ServerGateState;

test.each([
  ["a home's gate, and its lease", gateOf("a", "open", 2, 3_900), "ok", "open at a-1:4222; lease left 3.9 s"],
  ["a home that is shut", gateOf("a", "shut", 2, 0), "failed", "shut at a-1:4222; no lease: too few sites confirm it"],
  ["a copy", gateOf("b", "open", null), "ok", "open at b-1:4222; nothing takes writes there"],
  ["a deposed home", gateOf("b", "shut", 1), "warning", "shut at b-1:4222; a deposed home of epoch 1"],
  ["one that takes writes", gateOf("b", "open", 1), "failed", "open at b-1:4222; a deposed home of epoch 1"],
  ["a server that is away", { ...gateOf("b", "open", 1), found: null }, "warning", "b-1:4222 did not answer"],
] as const)("%s is shown", (_what, gate, status, found) => {
  expect(gateFindings(healthy, [gate])).toEqual([
    expect.objectContaining({ check: `gate at ${gate.site}`, status, found }),
  ]);
});

test("a region at one site alone is warned of", () => {
  const only = { ...row, copies: [] };
  const state = stateOf(site("a", home, 10, only), { ...site("b", home, 0, only), streams: [] });
  expect(regionFindings(state)).toContainEqual(expect.objectContaining({ check: "copies", status: "warning" }));
  expect(regionMetrics(state)).toContain('p4_region_copies{region="eu"} 0');
});

test("what would be lost is what the best copy lacks, in events of the log and in time", () => {
  const three = { ...row, copies: ["b", "c"] };
  const sites = [site("a", home, 10, three), site("b", copy(900), 4, three), site("c", copy(2_000), 9, three)];
  expect(atRisk(stateOf(...sites))).toEqual({ site: "c", events: 1, ms: 2_000 });
  const lost = { ...site("a", home, 10, three), answers: false };
  expect(atRisk(stateOf(lost, ...sites.slice(1)))).toEqual({ site: "b", events: null, ms: 900 });
});

test("metrics say the same, in names that Prometheus takes", () => {
  const lines = regionMetrics(stateOf(site("a", home), site("b", copy(4_500), 7, { ...row, epoch: 1 })));
  expect(lines).toEqual(
    expect.arrayContaining([
      'p4_region_site_up{region="eu",site="b"} 1',
      'p4_region_table_epoch{region="eu",site="b"} 1',
      'p4_region_disagrees{region="eu",site="a"} 0',
      'p4_region_disagrees{region="eu",site="b"} 1',
      'p4_region_site_copy_age_seconds{region="eu",site="b"} 4.5',
      'p4_region_at_risk_events{region="eu"} 3',
    ]),
  );
  const gated = regionMetrics(healthy, [gateOf("a", "open", 2, 3_500), gateOf("b", "shut", null)]);
  expect(gated).toEqual(
    expect.arrayContaining([
      'p4_region_site_gate_open{region="eu",site="a",server="a-1:4222"} 1',
      'p4_region_site_gate_open{region="eu",site="b",server="b-1:4222"} 0',
      'p4_region_site_lease_left_seconds{region="eu",site="a",server="a-1:4222"} 3.5',
    ]),
  );
  const never = regionMetrics(stateOf(site("a", home), site("b", copy(null))));
  expect(never).toContain('p4_region_site_copy_age_seconds{region="eu",site="b"} +Inf');
  const checked = spawnSync("promtool", ["check", "metrics"], { input: `${lines.join("\n")}\n`, encoding: "utf8" });
  if (checked.error === undefined) expect([checked.status, checked.stderr]).toEqual([0, ""]);
});
