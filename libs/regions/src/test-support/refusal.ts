import { isRegionError, type RegionErrorCode } from "../region-error.ts";

/** The code that the work is refused with. */
export function refusal(work: () => unknown): RegionErrorCode | "none" {
  try {
    work();
    return "none";
  } catch (error) {
    if (isRegionError(error)) return error.code;
    throw error;
  }
}
