/** Why a region's home cannot be moved. Codes are stable; `retryable`: the same command may go through later. */
export const regionErrors = {
  REGION_UNKNOWN_SITE: { retryable: false, meaning: "the site is not among those configured" },
  REGION_SITE_AWAY: { retryable: true, meaning: "a site that is needed does not answer" },
  REGION_SITE_ANSWERS: { retryable: false, meaning: "the site that is given up still answers" },
  REGION_NOT_SET_UP: { retryable: false, meaning: "the region has no table of homes yet" },
  REGION_IS_HOME: { retryable: false, meaning: "the site is the region's home" },
  REGION_NOT_A_COPY: { retryable: false, meaning: "the site has no copy of the region" },
  REGION_COPY_BEHIND: { retryable: true, meaning: "the copy is behind" },
  REGION_COPY_HOLED: { retryable: false, meaning: "the copy is not whole, and does not become so by waiting" },
  REGION_WOULD_LOSE: { retryable: false, meaning: "events would be lost" },
  REGION_NAME_TAKEN: { retryable: false, meaning: "a stream of this name exists and is no copy" },
  REGION_UNDECIDED: { retryable: true, meaning: "the sites do not agree on the region's home" },
  REGION_CONTESTED: { retryable: true, meaning: "another operator has changed the region meanwhile" },
  REGION_GATE_STUCK: { retryable: true, meaning: "a broker's gate does not do as its guard says" },
  REGION_UNFINISHED: { retryable: false, meaning: "another move is under way" },
} as const;

export type RegionErrorCode = keyof typeof regionErrors;

export class RegionError extends Error {
  readonly code: RegionErrorCode;
  readonly retryable: boolean;

  constructor(code: RegionErrorCode, detail: string) {
    super(`${regionErrors[code].meaning}: ${detail}`);
    this.name = "RegionError";
    this.code = code;
    this.retryable = regionErrors[code].retryable;
  }
}

/** Recognises the error by its code, so that it works across copies of this package. */
export function isRegionError(error: unknown, code?: RegionErrorCode): error is RegionError {
  if (!(error instanceof Error)) return false;
  const found = (error as Partial<RegionError>).code;
  return typeof found === "string" && found in regionErrors && (code === undefined || found === code);
}
