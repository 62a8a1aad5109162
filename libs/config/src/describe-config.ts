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
  readonly source: "environment" | "default";
  readonly description: string;
}

const settings = Object.entries(schema) as [SettingName, Setting<unknown>][];

/** What is in force and where it came from: as rows, for JSON. Secrets are redacted. */
export function describeConfig(config: Config, environment: Environment = {}): ConfigLine[] {
  return settings.map(([name, setting]) => {
    const value = config[name];
    const given = environment[setting.variable]?.trim() ?? "";
    return {
      name,
      variable: setting.variable,
      value: setting.secret && value !== null ? "(set)" : redacted(setting.parser.format?.(value) ?? value),
      source: given === "" ? "default" : "environment",
      description: setting.description,
    };
  });
}

/** The same as aligned text, one line each; what the environment set is marked with `*`. */
export function formatConfig(lines: readonly ConfigLine[]): string {
  const width = Math.max(...lines.map((line) => line.variable.length));
  return lines
    .map((line) => `${line.source === "environment" ? "*" : " "} ${line.variable.padEnd(width)}  ${show(line)}`)
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

function show({ name, value }: ConfigLine): string {
  if (value === null) return "-";
  if (typeof value === "boolean") return value ? "on" : "off";
  if (Array.isArray(value)) return value.join(",");
  const unit = name.endsWith("Ms") ? " ms" : name.endsWith("Bytes") ? " bytes" : "";
  return typeof value === "string" ? value : `${JSON.stringify(value)}${unit}`;
}

function redacted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(redacted);
  return typeof value === "string" ? redactUserInfo(value) : value;
}
