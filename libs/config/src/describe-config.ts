import type { Config, Environment } from "./config.ts";
import { redactUserInfo } from "./redact.ts";
import { schema, type SettingName } from "./schema.ts";
import type { Setting } from "./setting.ts";

/** One setting as `p4 config` shows it. */
export interface ConfigLine {
  readonly name: SettingName;
  readonly variable: string;
  /** The parsed value, as its text where it is an object; "(set)" in place of a secret, null when left out. */
  readonly value: unknown;
  /** As an operator writes it: `90d`, `1MB`, `on`; "(set)" in place of a secret, "" when left out. */
  readonly text: string;
  readonly source: "environment" | "default";
  readonly description: string;
}

const settings = Object.entries(schema) as [SettingName, Setting<unknown>][];

/**
 * What is in force and where it came from: as rows, for JSON. Secrets are redacted. `environment` is the one that `config`
 * was loaded from.
 */
export function describeConfig(config: Config, environment: Environment): ConfigLine[] {
  return settings.map(([name, setting]) => {
    const value = config[name];
    const given = environment[setting.variable]?.trim() ?? "";
    return {
      name,
      variable: setting.variable,
      text: setting.secret && value !== null ? "(set)" : redactUserInfo(given === "" ? setting.fallback : given),
      value:
        setting.secret && value !== null
          ? "(set)"
          : redacted(value === null ? null : (setting.parser.format?.(value) ?? value)),
      source: given === "" ? "default" : "environment",
      description: setting.description,
    };
  });
}

/** The same as aligned text, one line each; what the environment set is marked with `*`. */
export function formatConfig(lines: readonly ConfigLine[]): string {
  const width = Math.max(...lines.map((line) => line.variable.length));
  return lines
    .map(({ variable, source, text }) => {
      const mark = source === "environment" ? "*" : " ";
      return `${mark} ${variable.padEnd(width)}  ${text === "" ? "-" : text}`;
    })
    .join("\n");
}

/** The markdown table of every variable, for the documentation. */
export function configReference(): string {
  const cell = (text: string): string => text.replaceAll("|", "\\|");
  const rows = settings.map(([, { variable, fallback, parser, usedBy, description, secret }]) => {
    const what = secret ? `${description} (secret)` : description;
    const standard = fallback === "" ? "" : `\`${fallback}\``;
    return `| \`${variable}\` | ${standard} | ${cell(parser.rule)} | ${cell(what)} | ${usedBy.join(", ")} |`;
  });
  return ["| variable | default | value | meaning | read by |", "| --- | --- | --- | --- | --- |", ...rows, ""].join(
    "\n",
  );
}

function redacted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(redacted);
  return typeof value === "string" ? redactUserInfo(value) : value;
}
