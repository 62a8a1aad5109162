import { conflictsOf } from "./conflicts.ts";
import { ConfigError, type ConfigProblem } from "./config-error.ts";
import { givenText, secretFileRule } from "./given-text.ts";
import { nearest } from "./nearest.ts";
import { removedVariables } from "./removed-variables.ts";
import { schema, type SettingName } from "./schema.ts";
import type { Setting } from "./setting.ts";

/** Every setting, parsed. Left-out optional ones are null, but for the URLs, which are derived from host and port. */
export type Config = {
  readonly [Name in SettingName]: (typeof schema)[Name] extends Setting<infer Value> ? Value : never;
};

/** The environment to read; `process.env` has this shape. */
export type Environment = Readonly<Record<string, string | undefined>>;

const settings = Object.entries(schema) as [SettingName, Setting<unknown>][];

/** Reads the `P4_` variables, those of OpenTelemetry, and the files of the data directory. Throws a ConfigError that lists every problem. An empty variable counts as left out. */
export function loadConfig(environment: Environment): Config {
  const problems: ConfigProblem[] = [...unknownVariables(environment)];
  const values: Partial<Record<SettingName, unknown>> = {};
  const texts: Partial<Record<SettingName, string>> = {};
  for (const [name, setting] of settings) {
    const given = givenText(setting, environment);
    const text = given === "" ? setting.fallback : given;
    const value = text === "" ? null : text === null ? undefined : setting.parser.parse(text);
    if (value === undefined || text === null) problems.push(unreadable(setting, text ?? ""));
    else [values[name], texts[name]] = [value, text];
  }
  // A bad value may be the cause of what would be said next: combinations are judged only once each value is right.
  if (problems.length > 0) throw new ConfigError(problems);
  const config = values as Config;
  const conflicts = [...conflictsOf(config, texts as Record<SettingName, string>)];
  if (conflicts.length > 0) throw new ConfigError(conflicts);
  return config;
}

function unreadable({ variable, secret, parser, isFile }: Setting<unknown>, text: string): ConfigProblem {
  const isHidden = secret || parser.mayHoldPassword === true;
  const rule = isFile === true && secret ? `${secretFileRule}, and hold ${parser.rule}` : parser.rule;
  if (isFile === true) return { variable: `P4_DATA_DIR/${variable}`, value: "(file)", rule: `must be ${rule}` };
  return { variable, value: isHidden ? "(set)" : text, rule: `must be ${parser.rule}` };
}

function* unknownVariables(environment: Environment): Iterable<ConfigProblem> {
  const known = settings.filter(([, { isFile }]) => isFile !== true).map(([, { variable }]) => variable);
  for (const [variable, value] of Object.entries(environment)) {
    if (!variable.startsWith("P4_") || value === undefined || known.includes(variable)) continue;
    // It may be a misspelt secret.
    yield { variable, value: "(set)", rule: unknownRule(variable, known) };
  }
}

function unknownRule(variable: string, known: readonly string[]): string {
  const instead = Object.hasOwn(removedVariables, variable) ? removedVariables[variable] : undefined;
  if (instead !== undefined) return `is no longer a variable: ${instead}`;
  const close = nearest(variable, known);
  const hint = close === undefined ? "`p4 config` lists all variables" : `did you mean ${close}?`;
  return `is not a variable of this system; ${hint}`;
}
