import type { Parser } from "./parsers.ts";

/** The programs that read the configuration. */
export const appNames = ["edge", "proof-ingest", "expiry", "payd", "miner"] as const;
export type AppName = (typeof appNames)[number];

/** One setting. `fallback` is written as an operator would write it; "" means: left out, the value is null. */
export interface Setting<T> {
  readonly variable: string;
  readonly fallback: string;
  readonly parser: Parser<T>;
  readonly description: string;
  readonly usedBy: readonly (AppName | "cli" | "all")[];
  /** Then `variable` is the path of a file in the data directory, whose content is the value. */
  readonly isFile?: true;
  /** Never shown, neither in `p4 config` nor in an error. */
  readonly secret: boolean;
}

/** A setting that always has a value. */
export function required<T>(
  variable: string,
  fallback: string,
  parser: Parser<T>,
  usedBy: Setting<T>["usedBy"],
  description: string,
): Setting<T> {
  return { variable, fallback, parser, description, usedBy, secret: false };
}

/** A setting that may be left out: its value is then null. */
export function optional<T>(
  variable: string,
  parser: Parser<T>,
  usedBy: Setting<T>["usedBy"],
  description: string,
  secret = false,
): Setting<T | null> {
  return { variable, fallback: "", parser, description, usedBy, secret };
}

/** A setting that a file of the data directory holds: a secret, or a list. Without the file its value is null. */
export function inFile<T>(
  path: string,
  parser: Parser<T>,
  usedBy: Setting<T>["usedBy"],
  description: string,
  secret = false,
): Setting<T | null> {
  return { ...optional(path, parser, usedBy, description, secret), isFile: true };
}
