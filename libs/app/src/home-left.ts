import type { HomeWatch } from "@p4/nats";

/** A move takes moments. One that was cut short leaves wallets where nothing is stored. */
const longestMoveMs = 3_000;

/**
 * Resolves once a process that serves a region from this site has to stop: the home is at another one, or it has a new epoch
 * here, and what the process holds may lack what another home took meanwhile.
 *
 * @param patienceMs how long a move may be under way, or a lease be over, before it counts as one
 */
export function homeLeft(home: Pick<HomeWatch, "state" | "onChange">, patienceMs = longestMoveMs): Promise<void> {
  return new Promise((resolve) => {
    let epoch: number | null = null;
    let patience: NodeJS.Timeout | undefined;
    const look = (state: HomeWatch["state"]): void => {
      clearTimeout(patience);
      if (state === null) return;
      if (state.kind === "moving" || state.kind === "unconfirmed") {
        patience = setTimeout(leave, patienceMs).unref();
        return;
      }
      if (state.kind === "here") epoch ??= state.epoch;
      if (state.kind === "away" || state.epoch !== epoch) leave();
    };
    const stop = home.onChange(look);
    const leave = (): void => {
      clearTimeout(patience);
      stop();
      resolve();
    };
    look(home.state);
  });
}
