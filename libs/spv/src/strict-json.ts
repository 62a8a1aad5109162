import { SpvError } from "./errors.ts";

export type JsonObject = Readonly<Record<string, unknown>>;

export interface JsonLimits {
  /** UTF-16 units of the text. */
  readonly maxLength: number;
  readonly maxDepth: number;
}

/** A proof callback may be 1 MiB (a full transaction can stand in it); nothing legitimate nests deeper than 8. */
export const CALLBACK_JSON_LIMITS: JsonLimits = { maxLength: 1_048_576, maxDepth: 32 };

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * JSON.parse that refuses what two parsers could read in two ways: members that differ only in case count as duplicates
 * because Go reads names without regard to case. Also refuses deep nesting. Any name may be a member's: JSON.parse makes
 * `__proto__` a member like others.
 */
export function parseStrictJson(text: string, what: string, limits: JsonLimits = CALLBACK_JSON_LIMITS): unknown {
  if (text.length > limits.maxLength) {
    throw new SpvError("SPV_TOO_LARGE", `${what}: longer than ${limits.maxLength} characters`);
  }
  checkMembers(text, what, limits.maxDepth);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new SpvError("SPV_JSON_INVALID", `${what}: not JSON`);
  }
}

/** Like parseStrictJson, and the value must be an object. */
export function parseStrictJsonObject(text: string, what: string, limits?: JsonLimits): JsonObject {
  const value = parseStrictJson(text, what, limits);
  if (!isJsonObject(value)) throw new SpvError("SPV_JSON_INVALID", `${what}: must be a JSON object`);
  return value;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** One pass over the tokens, before JSON.parse: a string is a member name exactly when a colon follows it. */
function checkMembers(text: string, what: string, maxDepth: number): void {
  const scopes: Set<string>[] = [];
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) {
      const end = closingQuote(text, at + 1);
      if (end === -1) return; // JSON.parse names the fault
      if (colonFollows(text, end + 1)) checkMember(text.slice(at + 1, end), scopes.at(-1), what);
      at = end;
    } else if (unit === 0x7b || unit === 0x5b) {
      if (scopes.length === maxDepth) throw new SpvError("SPV_JSON_TOO_DEEP", `${what}: deeper than ${maxDepth}`);
      scopes.push(new Set());
    } else if (unit === 0x7d || unit === 0x5d) {
      scopes.pop();
    }
  }
}

function checkMember(rawName: string, seen: Set<string> | undefined, what: string): void {
  const name = rawName.includes("\\") ? unescapeName(rawName, what) : rawName;
  // Upper then lower case folds as Go does: the long s equals s, the Kelvin sign equals k.
  const folded = name.toUpperCase().toLowerCase();
  if (seen?.has(folded) === true) {
    throw new SpvError("SPV_JSON_DUPLICATE_MEMBER", `${what}: member ${name.slice(0, 64)} appears twice`);
  }
  seen?.add(folded);
}

function unescapeName(rawName: string, what: string): string {
  try {
    return JSON.parse(`"${rawName}"`) as string;
  } catch {
    throw new SpvError("SPV_JSON_INVALID", `${what}: not JSON`);
  }
}

function closingQuote(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at !== -1; at = text.indexOf('"', at + 1)) {
    let backslashes = 0;
    while (at - backslashes > from && text.charCodeAt(at - backslashes - 1) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return at;
  }
  return -1;
}

function colonFollows(text: string, from: number): boolean {
  for (let at = from; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 0x3a) return true;
    if (unit !== 0x20 && unit !== 0x09 && unit !== 0x0a && unit !== 0x0d) return false;
  }
  return false;
}
