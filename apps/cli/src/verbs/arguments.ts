import type { Later } from "@p4/operator";
import { InvalidArgumentError } from "commander";

/** An http(s) base address, without the slash at its end. */
export function urlArgument(text: string): string {
  const protocol = URL.canParse(text) ? new URL(text).protocol : "";
  // `fetch` refuses a login in a URL, with the password in its message.
  if ((protocol !== "http:" && protocol !== "https:") || text.includes("@"))
    throw new InvalidArgumentError("It must be an http:// or https:// URL, without user and password.");
  return text.replace(/\/+$/, "");
}

export function satoshisArgument(text: string): bigint {
  if (!/^[1-9]\d{0,14}$/.test(text))
    throw new InvalidArgumentError("It must be a whole number of satoshis, 1 or more.");
  return BigInt(text);
}

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A hundred years: what is longer leads to times that a calendar does not have. */
const longestDays = 36_500;

/** `500ms`, `30s`, `10m`, `2h`, `7d`: in ms. */
export function durationArgument(text: string): number {
  const durationMs = parseDuration(text);
  if (durationMs === null) {
    throw new InvalidArgumentError(
      `It must be a number with its unit: 500ms, 30s, 10m or 2h; at most ${String(longestDays)}d.`,
    );
  }
  return durationMs;
}

function parseDuration(text: string): number | null {
  const parts = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text);
  const durationMs = parts === null ? null : Number(parts[1]) * unitMs[parts[2] as keyof typeof unitMs];
  return durationMs === null || durationMs > longestDays * unitMs.d ? null : durationMs;
}

/** ISO 8601: a day, a time (UTC where no zone is given). In ms since 1970. */
export function parseTime(text: string): number | null {
  const parts = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?)(Z|[+-]\d\d:\d\d)?)?$/.exec(text);
  if (parts === null) return null;
  const atMs = Date.parse(`${parts[1] ?? ""}T${parts[2] ?? "00:00"}${parts[3] ?? "Z"}`);
  return Number.isNaN(atMs) ? null : atMs;
}

const timeRule = "a time such as 2026-11-23T09:30 (UTC), or how long ago: 10m, 2h, 7d";

/** A time, or a duration back from now. In ms since 1970. */
export function pastArgument(text: string): number {
  const agoMs = parseDuration(text);
  const atMs = agoMs === null ? parseTime(text) : Date.now() - agoMs;
  if (atMs === null) throw new InvalidArgumentError(`It must be ${timeRule}.`);
  return atMs;
}

export function laterArgument(text: string): Later {
  const byMs = parseDuration(text);
  if (byMs !== null) return { byMs };
  const toMs = parseTime(text);
  if (toMs === null)
    throw new InvalidArgumentError("It must be 30m, 2h, 7d, or a time such as 2026-11-23T09:30 (UTC).");
  return { toMs };
}

/** A point of a log: a sequence, or a time by the broker's clock. */
export type LogPoint = { readonly streamVersion: number } | { readonly atMs: number };

export function logPointArgument(text: string): LogPoint {
  if (/^[1-9]\d{0,11}$/.test(text)) return { streamVersion: Number(text) };
  const agoMs = parseDuration(text);
  const atMs = agoMs === null ? parseTime(text) : Date.now() - agoMs;
  if (atMs === null) throw new InvalidArgumentError(`It must be a sequence, ${timeRule}.`);
  return { atMs };
}

export function countArgument(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError("It must be a whole number, 1 or more.");
  return Number(text);
}

export function txidArgument(text: string): string {
  if (!/^[0-9a-fA-F]{64}$/.test(text)) throw new InvalidArgumentError("A txid is 64 hex digits.");
  return text.toLowerCase();
}

export const txidLength = 64;

/** A txid, or as much of its start as tables show of it. */
export function txidStartArgument(text: string): string {
  if (!/^[0-9a-fA-F]{4,64}$/.test(text))
    throw new InvalidArgumentError("It must be a txid's 64 hex digits, or the first 4 or more.");
  return text.toLowerCase();
}

export function channelArgument(text: string): string {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(text)) {
    throw new InvalidArgumentError("Channel ids are 1 to 64 of A-Z, a-z, 0-9, - and _.");
  }
  return text;
}
