import { type Bump, parseBumpHex } from "./bump.ts";
import { verifyBump } from "./bump-root.ts";
import { SpvError } from "./errors.ts";
import type { ProvenTransaction } from "./proven-transaction.ts";
import type { SpvCrypto } from "./spv-crypto.ts";
import { isJsonObject, type JsonObject, parseStrictJsonObject } from "./strict-json.ts";
import { parseTxid } from "./txid.ts";

interface ArcCallbackHead {
  readonly txid: string;
  /** As sent: ARC adds new names. */
  readonly status: string;
  readonly timestamp?: string;
  readonly extraInfo?: string;
  readonly blockHash?: string;
  readonly blockHeight?: number;
}

export type ArcCallback =
  /** MINED with a path that climbs. Not signed: the token and the header source decide whether to believe it. */
  | (ArcCallbackHead & { readonly kind: "mined"; readonly bump: Bump; readonly proven: ProvenTransaction })
  | (ArcCallbackHead & { readonly kind: "double-spend"; readonly competingTxids: readonly string[] })
  | (ArcCallbackHead & { readonly kind: "rejected"; readonly competingTxids: readonly string[] })
  /** Its block left the chain; a new MINED follows. */
  | (ArcCallbackHead & { readonly kind: "stale" })
  /** Any other status, known or not: to be noted and answered with 2xx. */
  | (ArcCallbackHead & { readonly kind: "status" });

/** ARC sends at most 50 by its documents. */
export const MAX_ARC_BATCH = 100;
const MAX_COMPETING_TXS = 100;

/** Reads `{txid, txStatus, …}` or `{count, callbacks: […]}`. Throws SPV_ARC_CALLBACK_INVALID, SPV_BUMP_*, SPV_JSON_*. */
export function parseArcCallbacks(bodyText: string, crypto: SpvCrypto): ArcCallback[] {
  const body = parseStrictJsonObject(bodyText, "callback");
  const batch = body["callbacks"];
  if (batch === undefined) return [parseArcCallback(body, crypto)];
  if (!Array.isArray(batch) || batch.length === 0 || batch.length > MAX_ARC_BATCH) {
    throw invalid(`callbacks: must be a list of 1 to ${MAX_ARC_BATCH}`);
  }
  if (body["count"] !== undefined && body["count"] !== batch.length) throw invalid("count: is not the list's length");
  return batch.map((item: unknown) => {
    if (!isJsonObject(item)) throw invalid("callbacks: must be objects");
    return parseArcCallback(item, crypto);
  });
}

function parseArcCallback(body: JsonObject, crypto: SpvCrypto): ArcCallback {
  const head = parseHead(body);
  switch (head.status) {
    case "MINED": {
      const merklePath = optionalText(body, "merklePath");
      if (merklePath === undefined) throw invalid("merklePath: missing although the transaction is MINED");
      const bump = parseBumpHex(merklePath, "merklePath");
      if (head.blockHeight !== undefined && head.blockHeight !== bump.blockHeight) {
        throw invalid(`blockHeight: is not the path's height ${bump.blockHeight}`);
      }
      const proven = verifyBump(bump, head.txid, crypto);
      return {
        ...head,
        kind: "mined",
        bump,
        proven: { ...proven, ...(head.blockHash !== undefined && { blockHash: head.blockHash }) },
      };
    }
    case "DOUBLE_SPEND_ATTEMPTED":
      return { ...head, kind: "double-spend", competingTxids: parseCompeting(body["competingTxs"]) };
    case "REJECTED":
      return { ...head, kind: "rejected", competingTxids: parseCompeting(body["competingTxs"]) };
    case "MINED_IN_STALE_BLOCK":
      return { ...head, kind: "stale" };
    default:
      return { ...head, kind: "status" };
  }
}

function parseHead(body: JsonObject): ArcCallbackHead {
  const status = optionalText(body, "txStatus");
  if (status === undefined || status.length > 64) throw invalid("txStatus: must be a text of 1 to 64 characters");
  const timestamp = optionalText(body, "timestamp");
  const extraInfo = optionalText(body, "extraInfo");
  const blockHash = optionalText(body, "blockHash");
  const blockHeight = body["blockHeight"];
  return {
    txid: parseTxid(body["txid"], "txid"),
    status,
    ...(timestamp !== undefined && { timestamp }),
    ...(extraInfo !== undefined && { extraInfo }),
    ...(blockHash !== undefined && { blockHash: parseTxid(blockHash, "blockHash") }),
    ...(typeof blockHeight === "number" && Number.isSafeInteger(blockHeight) && { blockHeight }),
  };
}

function parseCompeting(value: unknown): string[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || value.length > MAX_COMPETING_TXS) {
    throw invalid(`competingTxs: must be a list of at most ${MAX_COMPETING_TXS}`);
  }
  return value.map((txid: unknown) => parseTxid(txid, "competingTxs"));
}

function optionalText(body: JsonObject, field: string): string | undefined {
  const value = body[field];
  if (value === undefined || value === null || value === "") return undefined;
  if (typeof value !== "string") throw invalid(`${field}: must be a text`);
  return value;
}

function invalid(rule: string): SpvError {
  return new SpvError("SPV_ARC_CALLBACK_INVALID", rule);
}
