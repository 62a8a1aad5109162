import { nodeCrypto } from "@p4/node-crypto";
import {
  type FeeRate,
  isSpvError,
  type JsonObject,
  parseEnvelope,
  parseStrictJsonObject,
  VERIFY_IF_SIGNED,
  verifyEnvelope,
} from "@p4/spv";
import { CliError } from "../cli-error.ts";
import { fetchText } from "./fetch-json.ts";

/** The miner's word on a transaction. `retryable`: the same transaction may be taken later. */
export type Submission =
  { readonly accepted: true } | { readonly accepted: false; readonly retryable: boolean; readonly reason: string };

const what = "the miner";

/** mAPI before 1.5 answers `failure` for what it already has, with bitcoind's words for it. */
const alreadyKnown = /already known|txn-already-known|already in the mempool|txn-already-in-mempool|already mined/i;

/** The standard mining fee of `GET /mapi/feeQuote`. Throws a CliError. */
export async function feeQuote(minerUrl: string): Promise<FeeRate> {
  const { fees } = await ask(`${minerUrl}/mapi/feeQuote`);
  const list = Array.isArray(fees) ? (fees as unknown[]).filter(isObject) : [];
  const fee = list.find(({ feeType }) => feeType === "standard")?.["miningFee"];
  if (isObject(fee)) {
    const { satoshis, bytes } = fee;
    if (isWhole(satoshis) && isWhole(bytes) && bytes > 0) return { satoshis, bytes };
  }
  throw badAnswer(minerUrl, "feeQuote.fees: has no standard mining fee in satoshis per bytes");
}

/** `POST /mapi/tx`. A refusal is an answer; throws a CliError when there is none about this transaction. */
export async function submitTransaction(minerUrl: string, rawTx: string, txid: string): Promise<Submission> {
  const answer = await ask(`${minerUrl}/mapi/tx`, { rawtx: rawTx });
  const { returnResult, resultDescription, failureRetryable } = answer;
  const reason = typeof resultDescription === "string" ? resultDescription.slice(0, 200) : "";
  // A transaction that the miner could not read has an empty txid in its answer.
  const answeredTxid = typeof answer["txid"] === "string" ? answer["txid"].toLowerCase() : "";
  const isAbout = answeredTxid === txid || (answeredTxid === "" && returnResult === "failure");
  if (!isAbout) throw badAnswer(minerUrl, `txid: the answer is about ${answeredTxid || "no transaction"}`);
  if (returnResult === "success" || alreadyKnown.test(reason)) return { accepted: true };
  if (returnResult !== "failure") throw badAnswer(minerUrl, "returnResult: is neither success nor failure");
  return { accepted: false, retryable: failureRetryable === true, reason: reason || "no reason given" };
}

/** The payload of `GET /mapi/tx/:txid` with its Merkle proof, if there is one. Throws a CliError. */
export function queryTransaction(minerUrl: string, txid: string): Promise<JsonObject> {
  return ask(`${minerUrl}/mapi/tx/${txid}?merkleProof=true&merkleFormat=TSC`);
}

/** Reads nothing of an answer whose signature does not hold, or is not of the miner that it names. */
async function ask(url: string, body?: object): Promise<JsonObject> {
  const text = await fetchText(url, { what, ...(body === undefined ? {} : { body }) });
  try {
    const { payloadText, signer } = verifyEnvelope(parseEnvelope(text), VERIFY_IF_SIGNED, nodeCrypto);
    const payload = parseStrictJsonObject(payloadText, "payload");
    const { minerId } = payload;
    if (signer !== null && typeof minerId === "string" && minerId !== "" && minerId.toLowerCase() !== signer) {
      throw badAnswer(url, "minerId: is not the key that signed");
    }
    return payload;
  } catch (error) {
    throw isSpvError(error) ? badAnswer(url, error.message) : error;
  }
}

function badAnswer(url: string, rule: string): CliError {
  return new CliError("failed", `${what}'s answer cannot be used: ${rule}`, `It was asked at ${url}.`, "BAD_ANSWER");
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null;
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
