import {
  parseStrictJsonObject,
  readArcCallbacks,
  SpvError,
  verifyReadCallback,
  type JsonObject,
  type SignaturePolicy,
  type SpvCrypto,
} from "@p4/spv";
import { arcFacts } from "./arc-facts.ts";
import type { CallbackFact } from "./callback-fact.ts";

/** One entry of a callback's body, in order: what it says, or why it is wrong. */
export type CallbackEntry =
  { readonly ok: true; readonly facts: readonly CallbackFact[] } | { readonly ok: false; readonly error: SpvError };

export interface ReadCallbackOptions {
  /** The transaction that the URL names; null when the callback's own word is enough. */
  readonly expectedTxid: string | null;
  readonly policy: SignaturePolicy;
  readonly takesUnsignedArc: boolean;
  readonly crypto: SpvCrypto;
}

/**
 * Reads a callback's body: a mAPI envelope, or one or more ARC callbacks.
 *
 * @throws SpvError naming the field and the rule, when the body as a whole is wrong.
 */
export function readCallback(bodyText: string, options: ReadCallbackOptions): readonly CallbackEntry[] {
  const body = parseStrictJsonObject(bodyText, "body");
  if (!("txStatus" in body) && !("callbacks" in body))
    return [{ ok: true, facts: [mapiFact(body, bodyText, options)] }];
  if (!options.takesUnsignedArc) {
    throw new SpvError(
      "SPV_ENVELOPE_UNSIGNED",
      "authorization: callbacks of ARC are not signed and need the callback token",
    );
  }
  const { callbacks: batch } = body;
  return readArcCallbacks(bodyText, options.crypto).map((entry, index): CallbackEntry => {
    if (!entry.ok) return entry;
    const { callback } = entry;
    if (options.expectedTxid !== null && callback.txid !== options.expectedTxid) {
      const rule = `txid: ${callback.txid} is not the requested transaction`;
      return { ok: false, error: new SpvError("SPV_TXID_MISMATCH", rule) };
    }
    // Each fact keeps its own part of a batch: the whole would be stored as often as it has parts.
    const raw = Array.isArray(batch) ? JSON.stringify(batch[index]) : bodyText;
    return { ok: true, facts: arcFacts(callback, raw, options.crypto) };
  });
}

function mapiFact(
  body: JsonObject,
  bodyText: string,
  { expectedTxid, policy, crypto }: ReadCallbackOptions,
): CallbackFact {
  if (expectedTxid === null) throw new SpvError("SPV_TXID_INVALID", "txid: the URL of a mAPI callback names it");
  const verified = verifyReadCallback(body, { expectedTxid, policy, crypto });
  const common = { txid: verified.txid, raw: bodyText, bodyText: bodyText.trim() };
  if (verified.kind === "merkle-proof") {
    return { kind: "proof", claim: verified.claim, proof: { ...common, source: "mapi" } };
  }
  const { reason, doubleSpendTxid, blockHash = null, blockHeight = null, timestamp = null } = verified.callback;
  return {
    kind: "double-spend",
    doubleSpend: { ...common, reason, competingTxids: doubleSpendTxid === null ? [] : [doubleSpendTxid] },
    said: { status: reason, blockHash, blockHeight, code: null, detail: "", timestamp },
  };
}
