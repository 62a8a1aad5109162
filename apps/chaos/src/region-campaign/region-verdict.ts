import type { RegionCampaignFigures } from "./region-campaign.ts";

export interface RegionVerdict {
  /** `broken`: a violation was found; `undecided`: none was, and too little has happened for that to say much. */
  readonly outcome: "kept" | "broken" | "undecided";
  /** Why nothing is decided. */
  readonly reasons: readonly string[];
}

const leastAccepted = 0.5;
const leastMoves = 0.5;

type Judged = Pick<RegionCampaignFigures, "figures" | "moves" | "violations" | "planned">;

export function regionVerdict({ figures, moves, violations, planned }: Judged): RegionVerdict {
  if (violations.length > 0) return { outcome: "broken", reasons: [] };
  const accepted = figures.payments["accepted"] ?? 0;
  const done = moves.filter(({ trouble }) => trouble === null);
  const moved = done.filter(({ before, after }) => (after?.epoch ?? 0) > before.epoch);
  const reasons = [
    ...(accepted < figures.flows * leastAccepted
      ? [`${String(accepted)} of ${String(figures.flows)} payments were accepted`]
      : []),
    ...(done.length < planned * leastMoves
      ? [`${String(done.length)} of ${String(planned)} moves were carried out`]
      : []),
    ...(moved.length === 0 ? ["no home was moved"] : []),
  ];
  return { outcome: reasons.length === 0 ? "kept" : "undecided", reasons };
}
