/** Exit codes of every verb. */
export const exitCodes = { ok: 0, failed: 1, misuse: 2, unreachable: 3 } as const;

export type FailureKind = "failed" | "misuse" | "unreachable";

/** What ends a verb: one line that says what is wrong, and the next step for who reads it. */
export class CliError extends Error {
  readonly kind: FailureKind;
  readonly nextStep: string | null;
  /** For `--json`: a stable name of the failure. */
  readonly code: string;

  constructor(kind: FailureKind, message: string, nextStep: string | null = null, code: string = kind.toUpperCase()) {
    super(message);
    this.name = "CliError";
    this.kind = kind;
    this.nextStep = nextStep;
    this.code = code;
  }

  get exitCode(): number {
    return exitCodes[this.kind];
  }
}

export function isCliError(error: unknown): error is CliError {
  return error instanceof Error && error.name === "CliError" && "exitCode" in error;
}
