import type { JsonObject } from "@p4/spv";
import { PaydError } from "../errors.ts";

/** The miner's word on a transaction. `retryable`: the same transaction may be taken later. */
export type Submission =
  { readonly accepted: true } | { readonly accepted: false; readonly retryable: boolean; readonly reason: string };

/** mAPI before 1.5 answers `failure` for what it already has, with bitcoind's words for it. */
const alreadyKnown = /already known|txn-already-known|already in the mempool|txn-already-in-mempool|already mined/i;

/** Reads the payload of `POST /mapi/tx`. Throws PAYD_MINER_UNAVAILABLE when it is not an answer about `txid`. */
export function readSubmission(payload: JsonObject, txid: string): Submission {
  const { returnResult, resultDescription, failureRetryable } = payload;
  const reason = typeof resultDescription === "string" ? resultDescription : "";
  const answeredTxid = typeof payload["txid"] === "string" ? payload["txid"].toLowerCase() : "";
  // A transaction that the miner could not read has an empty txid in its answer.
  if (answeredTxid !== txid && !(answeredTxid === "" && returnResult === "failure")) {
    throw new PaydError("PAYD_MINER_UNAVAILABLE", `tx: the answer is about ${answeredTxid || "no transaction"}`);
  }
  if (returnResult === "success") return { accepted: true };
  if (returnResult !== "failure")
    throw new PaydError("PAYD_MINER_UNAVAILABLE", "tx: returnResult is neither success nor failure");
  if (alreadyKnown.test(reason)) return { accepted: true };
  return { accepted: false, retryable: failureRetryable === true, reason: reason.slice(0, 200) || "no reason given" };
}
