import { parseEnvelope } from "./envelope.ts";
import { isSpvError } from "./errors.ts";
import { parseStrictJsonObject, type JsonObject } from "./strict-json.ts";

/** The block of a proof has left the chain: `proof.revoked`. */
export interface RevokedProof {
  readonly kind: "revoked";
  readonly txid: string;
  /** Empty: whichever block the transaction was in. */
  readonly blockHashes: readonly string[];
}

/** A miner will not mine the transaction: `transaction.rejected`. */
export interface RejectedTransaction {
  readonly kind: "rejected";
  readonly txid: string;
  readonly status: string;
  readonly code: number | null;
}

/** What `transaction.rejected` and `proof.revoked` say. Null: not in the form that the server sends. */
export function readMinersNews(envelopeText: string): RevokedProof | RejectedTransaction | null {
  let news: JsonObject;
  let facts: JsonObject;
  try {
    news = parseStrictJsonObject(parseEnvelope(envelopeText).payload, "payload");
    facts = news["callbackPayload"] as JsonObject;
  } catch (error) {
    if (isSpvError(error)) return null;
    throw error;
  }
  const txid = news["callbackTxId"];
  if (typeof txid !== "string" || typeof facts !== "object" || facts === null) return null;
  const { status, code, blockHashes } = facts;
  if (news["callbackReason"] === "rejected") {
    if (typeof status !== "string") return null;
    return { kind: "rejected", txid, status: status.slice(0, 64), code: typeof code === "number" ? code : null };
  }
  if (news["callbackReason"] !== "proofRevoked" || !Array.isArray(blockHashes)) return null;
  return { kind: "revoked", txid, blockHashes: blockHashes.filter((hash) => typeof hash === "string") };
}
