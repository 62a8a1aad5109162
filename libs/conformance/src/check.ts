import type { Dialect } from "@p4/protocol";
import type { Kit } from "./kit.ts";

/** What a check needs beside the socket: the server's HTTP surface, or bytes that no WebSocket client would send. */
export type Need = "http" | "tcp";

/** One rule that a server of this protocol keeps, as seen from outside. */
export interface Check {
  /** Stable, for scripts. */
  readonly id: string;
  /** What holds when it passes. */
  readonly title: string;
  /** Where the rule is written: a section of the protocol's document, or a row of the table of known defects. */
  readonly source: string;
  /** Default: both. */
  readonly dialects?: readonly Dialect[];
  readonly needs?: readonly Need[];
  /** Resolves when the rule is kept. Rejects with a CheckFailure, or with a CheckSkipped when it cannot be told. */
  readonly run: (kit: Kit) => Promise<void>;
}

/** Checks of what a server does over HTTP. */
export const overHttp = (checks: readonly Omit<Check, "needs">[]): readonly Check[] =>
  checks.map((check) => ({ ...check, needs: ["http"] }));

/** The server breaks the rule; the message says how. */
export class CheckFailure extends Error {
  readonly code = "CHECK_FAILED";
}

/** The rule cannot be seen on this server; the message says why. */
export class CheckSkipped extends Error {
  readonly code = "CHECK_SKIPPED";
}

export function isCheckFailure(error: unknown): error is CheckFailure {
  return error instanceof Error && (error as Partial<CheckFailure>).code === "CHECK_FAILED";
}

export function isCheckSkipped(error: unknown): error is CheckSkipped {
  return error instanceof Error && (error as Partial<CheckSkipped>).code === "CHECK_SKIPPED";
}

export function fail(reason: string): never {
  throw new CheckFailure(reason);
}

export function skip(reason: string): never {
  throw new CheckSkipped(reason);
}

export function ensure(condition: boolean, reason: string): asserts condition {
  if (!condition) fail(reason);
}

export function ensureEqual(actual: unknown, expected: unknown, what: string): void {
  if (actual !== expected) fail(`${what} is ${shown(actual)}, not ${shown(expected)}`);
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
