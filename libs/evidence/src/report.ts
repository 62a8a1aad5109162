import type { TimelineEntry } from "@p4/channel";
import type { EvidenceFile } from "./evidence-file.ts";

/** What each check is about, in the order in which they are made. Codes are stable: tools match them. */
export const checkTitles = {
  FORMAT: "Format and version",
  PARTS: "Every part of the file",
  MANIFEST: "The list of parts",
  SIGNATURE: "The operator's signature",
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

export interface EvidenceReport {
  /** No check failed. What is not proved does not make it false: read the checks. */
  readonly ok: boolean;
  readonly checks: readonly EvidenceCheck[];
  /** Of the file's bytes: names the very file that this is about. */
  readonly fileSha256: string;
  /** Null when the file is damaged: nothing in it is to be relied upon. */
  readonly file: EvidenceFile | null;
  /** Every event with the state before and after; empty when the log does not hold together. */
  readonly timeline: readonly TimelineEntry[];
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
