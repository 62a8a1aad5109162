import type { CopyView } from "./views.ts";

export interface CopyWords {
  readonly tone: "good" | "bad" | "plain";
  readonly mark: string;
  readonly detail: string;
}

/** A copy hears of its home each second, with or without events. */
const staleAfterMs = 3_000;

/** How far a site's copy of the log is, in words. */
export function copyWords({ is, ageMs, behind, missing }: CopyView): CopyWords {
  switch (is) {
    case "away":
      return { tone: "bad", mark: "does not answer", detail: "the site, or the link to it, is away" };
    case "none":
      return { tone: "plain", mark: "no copy", detail: "it holds no log of this region" };
    case "other":
      return { tone: "bad", mark: "not a copy of this site", detail: "p4 region status says what it is" };
    case "copy": {
      const isStale = ageMs === null || ageMs > staleAfterMs;
      const heard = ageMs === null ? "has not heard of this site yet" : `heard of this site ${heardText(ageMs)} ago`;
      const events = `${(behind ?? 0).toLocaleString("en")} events behind`;
      const holes = missing === 0 ? "" : `; lacks ${missing.toLocaleString("en")} events for good: p4 region return`;
      const mark = missing > 0 ? "incomplete" : isStale ? "stale" : "follows";
      return { tone: mark === "follows" ? "good" : "bad", mark, detail: `${heard}, ${events}${holes}` };
    }
  }
}

function heardText(ms: number): string {
  return ms < 1_000 ? `${String(Math.round(ms))} ms` : `${(ms / 1_000).toFixed(1)} s`;
}
