import { SpvError } from "./errors.ts";
import type { JsonObject } from "./strict-json.ts";

/** The miner's word on a transaction. `retryable`: the same transaction may be taken later. */
export type MapiSubmission =
  { readonly accepted: true } | { readonly accepted: false; readonly retryable: boolean; readonly reason: string };

/** mAPI before 1.5 answers `failure` for what it already has, with bitcoind's words for it. */
const alreadyKnown = /already known|txn-already-known|already in the mempool|txn-already-in-mempool|already mined/i;

/**
 * Reads the payload of an answer to `POST /mapi/tx`. Throws SPV_MINER_ANSWER_INVALID when it gives no verdict, and
 * when it is about another transaction.
 *
 * @param txid of what was submitted, lower case
 */
export function readMapiSubmission(payload: JsonObject, txid: string): MapiSubmission {
  const { returnResult, resultDescription, failureRetryable } = payload;
  const answeredTxid = typeof payload["txid"] === "string" ? payload["txid"].toLowerCase() : "";
  // A transaction that the miner could not read has an empty txid in its answer.
  if (answeredTxid !== txid && !(answeredTxid === "" && returnResult === "failure")) {
    throw answerInvalid(`txid: the answer is about ${answeredTxid.slice(0, 64) || "no transaction"}`);
  }
  if (returnResult === "success") return { accepted: true };
  if (returnResult !== "failure") throw answerInvalid("returnResult: is neither success nor failure");
  const reason = typeof resultDescription === "string" ? resultDescription : "";
  if (alreadyKnown.test(reason)) return { accepted: true };
  return { accepted: false, retryable: failureRetryable === true, reason: reason.slice(0, 200) || "no reason given" };
}

function answerInvalid(rule: string): SpvError {
  return new SpvError("SPV_MINER_ANSWER_INVALID", rule);
}
