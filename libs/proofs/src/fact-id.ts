import { bytesToHex, type SpvCrypto } from "@p4/spv";
import type { CallbackFact } from "./callback-fact.ts";

/**
 * The id of the event that a fact becomes: the same for a callback sent again, another for whatever else is said. The
 * log takes an id once, so everything that tells two facts apart is in it.
 */
export function factId(fact: Exclude<CallbackFact, { kind: "status" }>, crypto: SpvCrypto): string {
  switch (fact.kind) {
    case "proof": {
      const { txid, merkleRoot, blockHash, status } = fact.proof;
      return `proof.${digest([txid, merkleRoot, blockHash ?? "", status], crypto)}`;
    }
    case "double-spend": {
      const { txid, reason, competingTxids } = fact.doubleSpend;
      return `${reason}.${digest([txid, ...competingTxids], crypto)}`;
    }
  }
}

/** 128 bits of SHA-256 over hashes in hex and words, none of which holds a space. */
function digest(parts: readonly string[], crypto: SpvCrypto): string {
  return bytesToHex(crypto.sha256(encoder.encode(parts.join(" ")))).slice(0, 32);
}

const encoder = new TextEncoder();
