/** Exit codes of every verb. */
export const exitCodes = { ok: 0, failed: 1, misuse: 2, unreachable: 3, unknownKey: 4, rejected: 5 } as const;

export type FailureKind = "failed" | "misuse" | "unreachable" | "unknownKey" | "rejected";

/** What ends a verb: what is wrong, as one line or several, and the next step for its reader. */
export class OperatorError extends Error {
  readonly kind: FailureKind;
  /** The message, a line each: a line break within one is no new line. */
  readonly lines: readonly string[];
  readonly nextStep: string | null;
  /** For `--json`: a stable name of the failure. */
  readonly code: string;

  constructor(
    kind: FailureKind,
    message: string | readonly string[],
    nextStep: string | null = null,
    code: string = kind.toUpperCase(),
  ) {
    const lines = [message].flat();
    super(lines.join("\n"));
    this.name = "OperatorError";
    this.kind = kind;
    this.lines = lines;
    this.nextStep = nextStep;
    this.code = code;
  }

  get exitCode(): number {
    return exitCodes[this.kind];
  }
}

export function isOperatorError(error: unknown): error is OperatorError {
  return error instanceof Error && error.name === "OperatorError" && "exitCode" in error;
}
