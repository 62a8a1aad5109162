import { isConfigError, loadConfig, type Config } from "@p4/config";
import { CliError } from "../cli-error.ts";
import type { VerbContext } from "../verb.ts";

/** Throws a CliError (misuse) that lists every problem. */
export function readConfig({ env }: Pick<VerbContext, "env">): Config {
  try {
    return loadConfig(env);
  } catch (error) {
    if (!isConfigError(error)) throw error;
    const lines = error.problems.map(({ variable, value, rule }) => `${variable}=${value}: ${rule}`);
    throw new CliError("misuse", lines, "p4 config --reference shows every variable.", "BAD_CONFIG");
  }
}
