import { readFileSync } from "node:fs";
import { isIP } from "node:net";

/** Reads one kind of value. `parse` returns undefined for text that breaks the rule. */
export interface Parser<T> {
  /** Completes the sentence "must be ...". */
  readonly rule: string;
  parse(text: string): T | undefined;
  /** The text that gives this value; for values that are objects. */
  format?(value: T): string;
  /** The text may hold a password: where it cannot be parsed, none of it is shown. */
  readonly mayHoldPassword?: true;
}

const durationUnitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

const sizeUnitsBytes: Readonly<Record<string, number>> = {
  "": 1,
  B: 1,
  kB: 1_000,
  KB: 1_000,
  MB: 1_000_000,
  GB: 1_000_000_000,
  KiB: 1_024,
  MiB: 1_048_576,
  GiB: 1_073_741_824,
};

/** "500ms", "90s", "2m", "2h", "90d" to milliseconds. A bare number is refused: its unit would be a guess. */
export function durationMs(min: string, max: string): Parser<number> {
  const [minMs, maxMs] = [toMs(min) as number, toMs(max) as number];
  return {
    rule: `a duration with its unit (ms, s, m, h, d), such as 90s or 2h, from ${min} to ${max}`,
    parse: (text) => within(toMs(text), minMs, maxMs),
  };
}

/** "1000000", "1MB" or "10MiB" to bytes. */
export function sizeBytes(min: number, max: number): Parser<number> {
  return {
    rule: `a size in bytes, or with a unit (kB, MB, GB, KiB, MiB, GiB), from ${String(min)} to ${String(max)}`,
    parse: (text) => within(scaled(text, sizeUnitsBytes), min, max),
  };
}

/** A whole number in decimal digits. */
export function integer(min: number, max: number): Parser<number> {
  return {
    rule: `a whole number from ${String(min)} to ${String(max)}`,
    parse: (text) => (/^\d{1,15}$/.test(text) ? within(Number(text), min, max) : undefined),
  };
}

export const port = integer(0, 65_535);

/** One of the given words. */
export function oneOf<const Word extends string>(...words: readonly Word[]): Parser<Word> {
  return { rule: `one of ${words.join(", ")}`, parse: (text) => words.find((word) => word === text) };
}

/** Words from a list, separated by commas, none twice; "all" for all of them. */
export function listOf<const Word extends string>(...words: readonly Word[]): Parser<readonly Word[]> {
  return {
    rule: `all, or some of ${words.join(",")} separated by commas`,
    parse(text) {
      if (text === "all") return words;
      const parts = text.split(",").map((part) => part.trim());
      const known = words.filter((word) => parts.includes(word));
      return known.length === parts.length ? known : undefined;
    },
  };
}

export const onOff: Parser<boolean> = {
  rule: "on or off",
  parse: (text) => (text === "on" ? true : text === "off" ? false : undefined),
};

/** Text that matches a pattern, which `rule` puts in words. */
export function matching(pattern: RegExp, rule: string): Parser<string> {
  return { rule, parse: (text) => (pattern.test(text) ? text : undefined) };
}

export const path = matching(/^[^\0]+$/, "a path");

/** Guards against the secret itself in place of its file. */
export const secretPath: Parser<string> = {
  rule: "the path of a file that holds the secret, not the secret itself",
  mayHoldPassword: true,
  parse: (text) => (/^S[A-Z2-7]{50,}$|-----BEGIN/.test(text) ? undefined : path.parse(text)),
};

/** An IP address, or a range of them in CIDR notation. */
export const addressRange: Parser<string> = {
  rule: "an IP address or a range such as 10.0.0.0/8 or fd00::/8",
  parse(text) {
    const [address = "", bits, ...rest] = text.split("/");
    const family = isIP(address);
    if (family === 0 || rest.length > 0) return undefined;
    return bits === undefined || integer(0, family === 4 ? 32 : 128).parse(bits) !== undefined ? text : undefined;
  },
};

/** Several values of one parser, separated by commas. */
export function manyOf<T>(parser: Parser<T>, most: 2 | null = null): Parser<readonly T[]> {
  return {
    rule: `one or ${most === 2 ? "two" : "more"}, separated by commas, each ${parser.rule}`,
    ...(parser.mayHoldPassword === undefined ? {} : { mayHoldPassword: parser.mayHoldPassword }),
    parse(text) {
      const values = text.split(",").map((part) => parser.parse(part.trim()));
      return (most !== null && values.length > most) || values.includes(undefined) ? undefined : (values as T[]);
    },
  };
}

/** Several values of one parser, one in each line. Empty lines and those that begin with # say nothing. */
export function linesOf<T>(parser: Parser<T>): Parser<readonly T[]> {
  return {
    rule: `one in each line, each ${parser.rule}`,
    parse(text) {
      const lines = text.split("\n").map((line) => line.trim());
      const values = lines.filter((line) => !/^(#|$)/.test(line)).map((line) => parser.parse(line));
      return values.includes(undefined) ? undefined : (values as T[]);
    },
  };
}

const fileMark = "file:";

/** The value, or `file:<path>` of a file that holds it. A file that cannot be read breaks the rule. */
export function orInFile<T>(parser: Parser<T>): Parser<T> {
  return {
    ...parser,
    rule: `${parser.rule}; or file:<path> of a file that holds that`,
    parse(text) {
      if (!text.startsWith(fileMark)) return parser.parse(text);
      try {
        return parser.parse(readFileSync(text.slice(fileMark.length), "utf8").trim());
      } catch {
        return undefined;
      }
    },
  };
}

function toMs(text: string): number | undefined {
  return /[a-z]$/.test(text) ? scaled(text, durationUnitsMs) : undefined;
}

function scaled(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const parts = /^(\d{1,15})\s?([A-Za-z]*)$/.exec(text);
  if (parts === null) return undefined;
  const unit = Object.hasOwn(units, parts[2] as string) ? units[parts[2] as string] : undefined;
  return unit === undefined ? undefined : Number(parts[1]) * unit;
}

function within(value: number | undefined, min: number, max: number): number | undefined {
  return value !== undefined && value >= min && value <= max ? value : undefined;
}
