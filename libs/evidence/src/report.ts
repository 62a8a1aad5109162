import type { TimelineEntry } from "@p4/channel";
import type { EvidenceFile } from "./evidence-file.ts";

/** What each check is about, in the order in which they are made. Codes are stable: tools match them. */
export const checkTitles = {
  FORMAT: "Format and version",
  PARTS: "Every part of the file",
  MANIFEST: "The list of parts",
  SIGNATURE: "The signature",
  OPERATOR_KEY: "Whose key signed",
  HASH_CHAIN: "The chain of events",
  MACHINE: "The channel's states",
  MESSAGES: "The wallets' messages",
  PAYMENT: "The payments' transactions",
  PROOF: "The Merkle proofs",
  DOUBLE_SPEND: "The double-spend notices",
  BLOCK: "The blocks",
  CLOCK: "The times",
  COUNTERSIGNATURE: "Countersignatures",
  ANCHOR: "Anchors",
  TAIL: "Nothing is missing at the end",
  WALLETS: "Who stood behind the wallets",
  DURABILITY: "Durability",
  COPIES: "Copies at other sites",
} as const;

export type CheckCode = keyof typeof checkTitles;

/** `not-proved`: neither right nor wrong can be told from this file and what was given beside it. */
export type CheckStatus = "ok" | "failed" | "not-proved";

export interface EvidenceCheck {
  readonly code: CheckCode;
  readonly status: CheckStatus;
  /** One plain sentence: what is proved, what is wrong, or what is not proved and why. */
  readonly statement: string;
  /** The line of the file, from 1; null when it is about the whole. */
  readonly line: number | null;
  /** The part in that line: `event 40`, `manifest`. */
  readonly part: string | null;
}

/**
 * - `holds`: no check failed, and the key that signed is the operator's, as the verifier knows it;
 * - `unknown-key`: no check failed, but whose key signed is not known. Any key can sign any history: this is no evidence
 *   against the operator until the key is known to be his;
 * - `fails`: a check failed.
 */
export type EvidenceVerdict = "holds" | "unknown-key" | "fails";

export interface EvidenceReport {
  /** What is not proved does not change it, but for the key that signed: read the checks. */
  readonly verdict: EvidenceVerdict;
  readonly checks: readonly EvidenceCheck[];
  /** Of the file's bytes: names the very file that this is about. */
  readonly fileSha256: string;
  /** Null when the file is damaged: nothing in it is to be relied upon. */
  readonly file: EvidenceFile | null;
  /** Every event with the state before and after; empty when the log does not hold together. */
  readonly timeline: readonly TimelineEntry[];
}

export function verdictOf(checks: readonly EvidenceCheck[]): EvidenceVerdict {
  if (checks.some(({ status }) => status === "failed")) return "fails";
  return checks.some(({ code, status }) => code === "OPERATOR_KEY" && status === "ok") ? "holds" : "unknown-key";
}

export interface CheckPlace {
  readonly line: number;
  readonly part: string;
}

export function proved(code: CheckCode, statement: string, place?: CheckPlace): EvidenceCheck {
  return check(code, "ok", statement, place);
}

export function failed(code: CheckCode, statement: string, place?: CheckPlace): EvidenceCheck {
  return check(code, "failed", statement, place);
}

export function notProved(code: CheckCode, statement: string, place?: CheckPlace): EvidenceCheck {
  return check(code, "not-proved", statement, place);
}

function check(code: CheckCode, status: CheckStatus, statement: string, place?: CheckPlace): EvidenceCheck {
  return { code, status, statement, line: place?.line ?? null, part: place?.part ?? null };
}
