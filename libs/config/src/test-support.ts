import { isConfigError, type ConfigProblem } from "./config-error.ts";
import { loadConfig, type Environment } from "./config.ts";

/** What is wrong with the environment. */
export function problemsOf(environment: Environment): readonly ConfigProblem[] {
  try {
    loadConfig(environment);
  } catch (error) {
    if (isConfigError(error)) return error.problems;
    throw error;
  }
  return [];
}
