/** How long a bridge request waits for the merchant before it is answered 202. */
export interface WaitLimits {
  readonly defaultWaitMs: number;
  /** What `Prefer: wait=` may ask for at most. */
  readonly maxWaitMs: number;
}

export interface Wait {
  readonly waitMs: number;
  /** True when the client's preference is in force, shortened perhaps: `Preference-Applied` says so (RFC 7240). */
  readonly preferred: boolean;
}

/** Reads `wait=N` (seconds) out of a Prefer header; anything else in it is not for us. */
export function preferredWait(prefer: string | undefined, limits: WaitLimits): Wait {
  const seconds = /(?:^|[,;])\s*wait\s*=\s*"?(\d{1,9})"?\s*(?=$|[,;])/i.exec(prefer ?? "")?.[1];
  if (seconds === undefined) return { waitMs: limits.defaultWaitMs, preferred: false };
  return { waitMs: Math.min(Number(seconds) * 1_000, limits.maxWaitMs), preferred: true };
}
