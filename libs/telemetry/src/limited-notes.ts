import type { Logger } from "./logger.ts";

/** Lines that peers can cause: at once, then a second. What is beyond is counted and told with the next one. */
const burst = 200;
const perSecond = 50;

/** Writes a line about something that peers do. Fields are codes, ids and roles; never what a peer wrote. */
export type Note = (fields: Readonly<Record<string, unknown>>, what: string) => void;

/** A log of what peers do that a flood of them cannot fill. `startedMs` and `nowMs` are of one clock. */
export function limitedNotes(
  logger: Pick<Logger, "info">,
  startedMs: number,
  nowMs: () => number = () => performance.now(),
): Note {
  let [left, updatedMs, unwritten] = [burst, startedMs, 0];
  return (fields, what) => {
    const atMs = nowMs();
    left = Math.min(burst, left + ((atMs - updatedMs) / 1_000) * perSecond);
    updatedMs = atMs;
    if (left < 1) return void unwritten++;
    left--;
    logger.info(unwritten === 0 ? fields : { ...fields, unwritten }, what);
    unwritten = 0;
  };
}
