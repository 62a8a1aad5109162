import type { SiteState } from "./region-state.ts";

/** The longest time that a stream of the copy has not heard of its home; Infinity: one never has. */
export function copyAgeMs({ streams }: Pick<SiteState, "streams">): number {
  return Math.max(0, ...streams.map(({ role }) => (role.kind === "copy" ? (role.ageMs ?? Infinity) : 0)));
}

/** Events of all logs that the home has and the copy has not; null: the home does not tell. */
export function behindBy(
  copy: Pick<SiteState, "streams">,
  home: Pick<SiteState, "answers" | "streams"> | undefined,
): number | null {
  if (home === undefined || !home.answers) return null;
  return copy.streams
    .filter(({ stream }) => stream.startsWith("P4_CHANNELS_"))
    .reduce((sum, { stream, lastSequence }) => {
      const there = home.streams.find((each) => each.stream === stream)?.lastSequence ?? 0;
      return sum + Math.max(0, there - lastSequence);
    }, 0);
}
