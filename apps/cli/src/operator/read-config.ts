import { isConfigError, loadConfig, type Config } from "@p4/config";
import { CliError } from "../cli-error.ts";
import type { VerbContext } from "../verb.ts";

/** Throws a CliError (misuse) that lists every problem. */
export function readConfig({ env }: Pick<VerbContext, "env">): Config {
  return configured(() => loadConfig(env));
}

/** What `read` gives; a ConfigError as a CliError (misuse) that lists every problem. */
export function configured<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!isConfigError(error)) throw error;
    const lines = error.problems.map(({ variable, value, rule }) => `${variable}=${value}: ${rule}`);
    throw new CliError("misuse", lines, "p4 config --reference shows every variable.", "BAD_CONFIG");
  }
}
