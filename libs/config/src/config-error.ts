/** One thing wrong with the environment. */
export interface ConfigProblem {
  readonly variable: string;
  /** As given; "(set)" in place of a secret. */
  readonly value: string;
  /** What would be right. */
  readonly rule: string;
}

/** The environment does not describe a system that can start. Lists every problem, not only the first. */
export class ConfigError extends Error {
  readonly code = "CONFIG_INVALID";
  readonly retryable = false;
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(problems.map(({ variable, value, rule }) => `${variable}=${value}: ${rule}`).join("\n"));
    this.name = "ConfigError";
    this.problems = problems;
  }
}

/** True for a ConfigError; compares the code, so it works across duplicate copies of the package. */
export function isConfigError(error: unknown): error is ConfigError {
  return error instanceof Error && "code" in error && error.code === "CONFIG_INVALID";
}
