import type { Subscribe } from "./event-wait.ts";

/** How long a step may wait. */
export interface StepOptions {
  /** Stops waiting; the step rejects with the signal's reason. With a signal alone there is no other deadline. */
  readonly signal?: AbortSignal;
  /** Then the step rejects with a SessionError that names the cause. `Infinity`: never. Default: the step's own. */
  readonly timeoutMs?: number;
}

/** The default deadlines of steps, in ms. */
export const deadlines = {
  /** To the first join: two attempts that hang, and a pause. */
  joinedMs: 30_000,
  /** Payment requests are made by a program, but it may have to ask for a price or an address. */
  termsMs: 30_000,
  /**
   * What a server gives a merchant after a channel's end by default (`P4_ACK_GRACE`). A payment that is given up may be accepted
   * all the same, so it is better to wait too long than not long enough.
   */
  paymentMs: 120_000,
} as const;

/** The longest that timers take; beyond, they would fire at once. */
const longestMs = 2 ** 31 - 1;

/** Null: without a deadline. */
export function timeoutOf({ signal, timeoutMs }: StepOptions, defaultMs: number | null): number | null {
  const chosen = timeoutMs ?? (signal === undefined ? defaultMs : null);
  return chosen === null || chosen > longestMs ? null : chosen;
}

/** The same source of news, which fails with `late()` once the time is over. */
export function withDeadline<Value>(
  subscribe: Subscribe<Value>,
  timeoutMs: number | null,
  late: () => Error,
): Subscribe<Value> {
  if (timeoutMs === null) return subscribe;
  return (resolve, reject) => {
    const timer = setTimeout(() => reject(late()), timeoutMs);
    const unsubscribe = subscribe(resolve, reject);
    return () => {
      clearTimeout(timer);
      unsubscribe();
    };
  };
}
