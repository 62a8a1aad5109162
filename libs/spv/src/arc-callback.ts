import { type Bump, parseBumpHex } from "./bump.ts";
import { verifyBump } from "./bump-root.ts";
import { isSpvError, SpvError } from "./errors.ts";
import type { ProvenTransaction } from "./proven-transaction.ts";
import type { SpvCrypto } from "./spv-crypto.ts";
import { isJsonObject, type JsonObject, parseStrictJsonObject } from "./strict-json.ts";
import { parseTxid } from "./txid.ts";

/** What a callback means. `status`: any other, known or not: to be noted and answered with 2xx. */
export type ArcCallbackKind = "mined" | "double-spend" | "rejected" | "stale" | "status";

/**
 * What ARC says of one transaction, or Arcade, which speaks ARC. Not signed: the token and the header source decide
 * whether to believe it. Members that are missing, null or empty mean the same: implementations differ in this.
 */
export interface ArcCallback {
  /**
   * `mined` needs a path; MINED without one is a `status`. `stale`: the transaction left a block (MINED_IN_STALE_BLOCK,
   * or Arcade's `reorg_unmined`); it may be mined again.
   */
  readonly kind: ArcCallbackKind;
  readonly txid: string;
  /** As sent: new names appear. */
  readonly status: string;
  /** As sent, up to nine digits of a second. */
  readonly timestamp?: string;
  readonly extraInfo?: string;
  readonly blockHash?: string;
  readonly blockHeight?: number;
  /** ARC's number for a rejection's reason (466: a conflict); null when there is none. */
  readonly code: number | null;
  readonly competingTxids: readonly string[];
  /** The transaction that spent the same output by the words of `extraInfo`, where Arcade alone names it. */
  readonly spentBy: string | null;
  /** Blocks off the chain that the transaction was in. */
  readonly staleBlocks: readonly string[];
  /** Whichever the status. For a `stale` callback it leads to the block that left. */
  readonly path: ArcMerklePath | null;
}

export interface ArcMerklePath {
  readonly bump: Bump;
  readonly proven: ProvenTransaction;
}

/** One entry of a body, in order: a callback, or why it is none. */
export type ArcEntry =
  { readonly ok: true; readonly callback: ArcCallback } | { readonly ok: false; readonly error: SpvError };

/** ARC sends 50 by default; how many is its operator's choice. */
export const MAX_ARC_BATCH = 1_000;
const MAX_LISTED = 100;
const NO_BLOCK = "0".repeat(64);

/**
 * Reads `{txid, txStatus, …}` or `{count, callbacks: […]}`; a wrong entry does not hide the others.
 * Throws SPV_JSON_* or SPV_ARC_CALLBACK_INVALID when the body is neither.
 */
export function readArcCallbacks(bodyText: string, crypto: SpvCrypto): ArcEntry[] {
  const body = parseStrictJsonObject(bodyText, "callback");
  if (!("callbacks" in body)) return [readEntry(body, crypto)];
  const batch = body["callbacks"];
  if (!Array.isArray(batch) || batch.length === 0 || batch.length > MAX_ARC_BATCH) {
    throw invalid(`callbacks: must be a list of 1 to ${MAX_ARC_BATCH}`);
  }
  return batch.map((item: unknown) => readEntry(item, crypto));
}

/** The same for bodies that hold nothing else: throws the first wrong entry's SpvError. */
export function parseArcCallbacks(bodyText: string, crypto: SpvCrypto): ArcCallback[] {
  return readArcCallbacks(bodyText, crypto).map((entry) => {
    if (!entry.ok) throw entry.error;
    return entry.callback;
  });
}

function readEntry(item: unknown, crypto: SpvCrypto): ArcEntry {
  try {
    if (!isJsonObject(item)) throw invalid("callbacks: must be objects");
    return { ok: true, callback: parseArcCallback(item, crypto) };
  } catch (error) {
    if (isSpvError(error)) return { ok: false, error };
    throw error;
  }
}

function parseArcCallback(body: JsonObject, crypto: SpvCrypto): ArcCallback {
  const status = textOf(body, "txStatus");
  if (status === undefined || status.length > 64) throw invalid("txStatus: must be a text of 1 to 64 characters");
  const txid = parseTxid(body["txid"], "txid");
  const timestamp = textOf(body, "timestamp");
  const extraInfo = textOf(body, "extraInfo");
  const blockHash = hashOf(body["blockHash"]);
  const blockHeight = wholeNumberOf(body["blockHeight"]);
  const path = pathOf(body, { txid, status, blockHash, blockHeight }, crypto);
  return {
    kind: kindOf(status, extraInfo, path),
    txid,
    status,
    ...(timestamp !== undefined && { timestamp }),
    ...(extraInfo !== undefined && { extraInfo }),
    ...(blockHash !== undefined && { blockHash }),
    ...(blockHeight !== undefined && { blockHeight }),
    code: wholeNumberOf(body["status"]) ?? null,
    competingTxids: competingOf(body["competingTxs"]),
    spentBy: /\bspent by tx ([0-9a-f]{64})\b/i.exec(extraInfo ?? "")?.[1]?.toLowerCase() ?? null,
    staleBlocks: staleBlocksOf(body, status, blockHash),
    path,
  };
}

function kindOf(status: string, extraInfo: string | undefined, path: ArcMerklePath | null): ArcCallbackKind {
  if (status === "REJECTED") return "rejected";
  if (status === "DOUBLE_SPEND_ATTEMPTED") return "double-spend";
  if (status === "MINED_IN_STALE_BLOCK" || extraInfo === "reorg_unmined") return "stale";
  return path === null ? "status" : "mined";
}

type ArcClaim = Pick<ArcCallback, "txid" | "status"> & {
  blockHash?: string | undefined;
  blockHeight?: number | undefined;
};

/** A path is what MINED and IMMUTABLE are about, so a wrong one is refused there; elsewhere it is left out. */
function pathOf(body: JsonObject, claim: ArcClaim, crypto: SpvCrypto): ArcMerklePath | null {
  const merklePath = textOf(body, "merklePath");
  if (merklePath === undefined) return null;
  try {
    const bump = parseBumpHex(merklePath, "merklePath");
    // Go's zero is a height that was not set.
    if (claim.blockHeight !== undefined && claim.blockHeight !== 0 && claim.blockHeight !== bump.blockHeight) {
      throw invalid(`blockHeight: is not the path's height ${bump.blockHeight}`);
    }
    const proven = verifyBump(bump, claim.txid, crypto);
    return { bump, proven: { ...proven, ...(claim.blockHash !== undefined && { blockHash: claim.blockHash }) } };
  } catch (error) {
    if (isSpvError(error) && claim.status !== "MINED" && claim.status !== "IMMUTABLE") return null;
    throw error;
  }
}

/** Ids that are none are left out: ARC writes an empty list as one empty text. */
function competingOf(value: unknown): string[] {
  const listed = Array.isArray(value) ? (value as unknown[]) : [];
  return listed
    .map(hashOf)
    .filter((txid) => txid !== undefined)
    .slice(0, MAX_LISTED);
}

function staleBlocksOf(body: JsonObject, status: string, blockHash: string | undefined): string[] {
  const orphaned = Array.isArray(body["orphanedProofs"]) ? (body["orphanedProofs"] as unknown[]) : [];
  const named = orphaned.map((proof) => hashOf(isJsonObject(proof) ? proof["blockHash"] : undefined));
  if (status === "MINED_IN_STALE_BLOCK") named.push(blockHash);
  return [...new Set(named.filter((hash) => hash !== undefined))].slice(-MAX_LISTED);
}

function textOf(body: JsonObject, field: string): string | undefined {
  const value = body[field];
  return typeof value === "string" && value !== "" ? value : undefined;
}

function hashOf(value: unknown): string | undefined {
  if (typeof value !== "string" || !/^[0-9a-f]{64}$/i.test(value) || value === NO_BLOCK) return undefined;
  return value.toLowerCase();
}

function wholeNumberOf(value: unknown): number | undefined {
  const number = typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

function invalid(rule: string): SpvError {
  return new SpvError("SPV_ARC_CALLBACK_INVALID", rule);
}
