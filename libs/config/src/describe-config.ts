import type { Config, Environment } from "./config.ts";
import { givenText } from "./given-text.ts";
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
  readonly source: "environment" | "file" | "default";
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
    const given = givenText(setting, environment) ?? "";
    return {
      name,
      variable: setting.variable,
      text: setting.secret && value !== null ? "(set)" : redactUserInfo(given === "" ? setting.fallback : given),
      value:
        setting.secret && value !== null
          ? "(set)"
          : redacted(value === null ? null : (setting.parser.format?.(value) ?? value)),
      source: given === "" ? "default" : setting.isFile === true ? "file" : "environment",
      description: setting.description,
    };
  });
}

/** The same as aligned text, one line each; what the environment or a file sets is marked with `*`. */
export function formatConfig(lines: readonly ConfigLine[]): string {
  const width = Math.max(...lines.map((line) => line.variable.length));
  return lines
    .map(({ variable, source, text }) => {
      const mark = source === "default" ? " " : "*";
      return `${mark} ${variable.padEnd(width)}  ${text === "" ? "-" : text}`;
    })
    .join("\n");
}

/** Markdown, for the documentation: a table of every variable, and one of the files that hold settings. */
export function configReference(): string {
  const cell = (text: string): string => text.replaceAll("|", "\\|");
  const row = ({ variable, fallback, isFile, parser, usedBy, description, secret }: Setting<unknown>): string => {
    const what = secret ? `${description} (secret)` : description;
    const standard = fallback === "" ? "" : `\`${fallback}\``;
    const cells = [`\`${variable}\``, ...(isFile === true ? [] : [standard]), cell(parser.rule), cell(what)];
    return `| ${[...cells, usedBy.join(", ")].join(" | ")} |`;
  };
  const all = settings.map(([, setting]) => setting);
  return [
    "| variable | default | value | meaning | read by |",
    "| --- | --- | --- | --- | --- |",
    ...all.filter(({ isFile }) => isFile !== true).map(row),
    "",
    "| file in the data directory | content | meaning | read by |",
    "| --- | --- | --- | --- |",
    ...all.filter(({ isFile }) => isFile === true).map(row),
    "",
  ].join("\n");
}

function redacted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(redacted);
  return typeof value === "string" ? redactUserInfo(value) : value;
}
