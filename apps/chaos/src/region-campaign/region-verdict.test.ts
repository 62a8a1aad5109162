import { expect, test } from "vitest";
import type { StruckMove } from "./region-nemesis.ts";
import type { RegionCampaignFigures } from "./region-campaign.ts";
import { regionVerdict } from "./region-verdict.ts";

const move = (epochs: number, trouble: string | null = null): StruckMove => ({
  kind: "lose-home",
  startedAtMs: 0,
  tookMs: 0,
  before: { epoch: 1, home: "a" },
  after: { epoch: 1 + epochs, home: "b" },
  trouble,
});
const figures = (accepted: number) =>
  ({ flows: 10, payments: { accepted } }) as unknown as RegionCampaignFigures["figures"];
const given = { figures: figures(9), moves: [move(1), move(0)], planned: 3, violations: [] };

test("is kept when nothing is broken and enough has happened", () => {
  expect(regionVerdict(given)).toEqual({ outcome: "kept", reasons: [] });
});

test("is broken by any violation, however little has happened", () => {
  const violations = [{ code: "TWO_HOMES", channelId: "", detail: "" }] as const;
  expect(regionVerdict({ ...given, moves: [], violations }).outcome).toBe("broken");
});

test.each([
  ["payments", { figures: figures(4) }],
  ["moves that were carried out", { planned: 5 }],
  ["homes that were moved", { moves: [move(0), move(0)] }],
  ["moves without trouble", { moves: [move(1, "no answer")] }],
])("is undecided with too few %s", (_what, changes) => {
  expect(regionVerdict({ ...given, ...changes }).outcome).toBe("undecided");
});
