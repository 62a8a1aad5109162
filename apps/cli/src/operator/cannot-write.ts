import { CliError } from "../cli-error.ts";

/** The disk is full, or broken: what it says, and what to do. */
export function cannotWrite(path: string, error: unknown): CliError {
  const reason = error instanceof Error ? error.message : String(error);
  const nextStep = "Free space there or name another place, then run this again.";
  return new CliError("failed", `cannot write ${path}: ${reason}`, nextStep, "CANNOT_WRITE");
}
