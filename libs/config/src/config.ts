import { ConfigError, type ConfigProblem } from "./config-error.ts";
import { nearest } from "./nearest.ts";
import { redactUserInfo } from "./redact.ts";
import { schema, type SettingName } from "./schema.ts";
import type { Setting } from "./setting.ts";

/** Every setting, parsed. Left-out optional ones are null, but for the URLs, which are derived from host and port. */
export type Config = {
  readonly [Name in SettingName]: (typeof schema)[Name] extends Setting<infer Value> ? Value : never;
};

/** The environment to read; `process.env` has this shape. */
export type Environment = Readonly<Record<string, string | undefined>>;

const settings = Object.entries(schema) as [SettingName, Setting<unknown>][];

/** Reads the `P4_` variables. Throws a ConfigError that lists every problem. An empty variable counts as left out. */
export function loadConfig(environment: Environment): Config {
  const problems: ConfigProblem[] = [...unknownVariables(environment)];
  const values: Partial<Record<SettingName, unknown>> = {};
  for (const [name, setting] of settings) {
    const given = environment[setting.variable]?.trim();
    const text = given === undefined || given === "" ? setting.fallback : given;
    const value = text === "" ? null : setting.parser.parse(text);
    if (value === undefined) problems.push(problem(setting, text, `must be ${setting.parser.rule}`));
    else values[name] = value;
  }
  // A bad value may be the cause of what would be said next: combinations are judged only once each value is right.
  if (problems.length > 0) throw new ConfigError(problems);
  const config = values as Config;
  const conflicts = [...combinations(config)];
  if (conflicts.length > 0) throw new ConfigError(conflicts);
  return config;
}

function problem(setting: Setting<unknown>, value: string, rule: string): ConfigProblem {
  return { variable: setting.variable, value: setting.secret ? "(set)" : redactUserInfo(value), rule };
}

function* unknownVariables(environment: Environment): Iterable<ConfigProblem> {
  const known = settings.map(([, setting]) => setting.variable);
  for (const [variable, value] of Object.entries(environment)) {
    if (!variable.startsWith("P4_") || value === undefined || known.includes(variable)) continue;
    const close = nearest(variable, known);
    const hint = close === undefined ? "`p4 config` lists all variables" : `did you mean ${close}?`;
    // It may be a misspelt secret.
    yield { variable, value: "(set)", rule: `is not a variable of this system; ${hint}` };
  }
}

function* combinations(config: Config): Iterable<ConfigProblem> {
  if (config.joinPolicy === "token" && config.joinSecret === null) {
    yield problem(schema.joinPolicy, "token", `needs ${schema.joinSecret.variable}`);
  }
  if (config.signaturePolicy === "trusted-keys" && config.trustedKeys === null) {
    yield problem(schema.signaturePolicy, "trusted-keys", `needs ${schema.trustedKeys.variable}`);
  }
  if (config.headerPolicy === "require" && config.headerSource.kind === "none") {
    yield problem(schema.headerPolicy, "require", `needs a ${schema.headerSource.variable} other than none`);
  }
  if (config.maxQueuedBytes < config.maxMessageBytes) {
    const rule = `must be at least ${schema.maxMessageBytes.variable} (${String(config.maxMessageBytes)}), or one message could not wait`;
    yield problem(schema.maxQueuedBytes, String(config.maxQueuedBytes), rule);
  }
  yield* portClashes(config);
}

const ports = ["port", "proofPort", "paydPort", "minerPort", "natsPort"] as const;

function* portClashes(config: Config): Iterable<ConfigProblem> {
  for (const [index, name] of ports.entries()) {
    const earlier = ports.slice(0, index).find((other) => config[other] === config[name]);
    if (earlier === undefined || config[name] === 0) continue;
    yield problem(schema[name], String(config[name]), `must differ from ${schema[earlier].variable}`);
  }
}
