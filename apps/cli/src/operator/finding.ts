import { isStoreError } from "@p4/event-store";
import { isCliError } from "../cli-error.ts";
import { explainFailure } from "@p4/operator/explain-failure";

/** One thing that was looked at. `fix` is what to do about it; empty when nothing has to be done. */
export interface Finding {
  readonly check: string;
  readonly status: "ok" | "warning" | "failed";
  readonly found: string;
  readonly fix: string;
}

export function ok(check: string, found: string): Finding {
  return { check, status: "ok", found, fix: "" };
}

export function warning(check: string, found: string, fix: string): Finding {
  return { check, status: "warning", found, fix };
}

export function failed(check: string, found: string, fix: string): Finding {
  return { check, status: "failed", found, fix };
}

/** What cannot be looked at is a finding too: the other checks go on. */
export async function lookAt(check: string, look: () => Promise<Finding | readonly Finding[]>): Promise<Finding[]> {
  try {
    return [await look()].flat();
  } catch (error) {
    if (!isStoreError(error)) throw error;
    const explained = explainFailure(error);
    return [failed(check, explained.message, (isCliError(explained) ? explained.nextStep : null) ?? "")];
  }
}
