import type { Member } from "../system/member.ts";

/** A process that can be seen to have ended. */
export type Watched = Pick<Member, "name" | "start"> & { readonly isRunning: boolean };

const lookEveryMs = 500;
/** Long enough to see the others go on without it. */
const startAgainAfterMs = 5_000;

/** Says which process has ended, and starts it again a little later: break what you like. Returns what ends it. */
export function keepRunning(
  members: readonly Watched[],
  say: (text: string) => void,
  { lookMs = lookEveryMs, startAgainMs = startAgainAfterMs } = {},
): () => void {
  const waiting = new Map<Watched, NodeJS.Timeout>();
  const startAgain = (member: Watched): void => {
    member
      .start()
      .then(() => say(`${member.name} runs again`))
      .catch((error: unknown) => say(`${member.name} does not start: ${String(error)}`))
      .finally(() => waiting.delete(member));
  };
  const look = setInterval(() => {
    for (const member of members) {
      if (member.isRunning || waiting.has(member)) continue;
      const timer = setTimeout(() => startAgain(member), startAgainMs);
      waiting.set(member, timer);
      say(`${member.name} has ended; it is started again in ${String(startAgainMs / 1_000)} s`);
    }
  }, lookMs);
  return () => {
    clearInterval(look);
    for (const timer of waiting.values()) clearTimeout(timer);
  };
}
