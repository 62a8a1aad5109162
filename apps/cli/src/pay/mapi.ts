import { nodeCrypto } from "@p4/node-crypto";
import {
  type FeeRate,
  isSpvError,
  type JsonObject,
  type MapiSubmission,
  openMapiAnswer,
  readMapiFee,
  readMapiSubmission,
  VERIFY_IF_SIGNED,
} from "@p4/spv";
import { CliError } from "../cli-error.ts";
import { fetchText } from "./fetch-json.ts";

const what = "the miner";

/** The standard mining fee of `GET /mapi/feeQuote`. Throws a CliError. */
export function feeQuote(minerUrl: string): Promise<FeeRate> {
  return ask(`${minerUrl}/mapi/feeQuote`, (payload) => readMapiFee(payload, "standard", "miningFee"));
}

/** `POST /mapi/tx`. A refusal is an answer; throws a CliError when there is none about this transaction. */
export function submitTransaction(minerUrl: string, rawTx: string, txid: string): Promise<MapiSubmission> {
  return ask(`${minerUrl}/mapi/tx`, (payload) => readMapiSubmission(payload, txid), { rawtx: rawTx });
}

/** The payload of `GET /mapi/tx/:txid` with its Merkle proof, if there is one. Throws a CliError. */
export function queryTransaction(minerUrl: string, txid: string): Promise<JsonObject> {
  return ask(`${minerUrl}/mapi/tx/${txid}?merkleProof=true&merkleFormat=TSC`, (payload) => payload);
}

async function ask<Answer>(url: string, read: (payload: JsonObject) => Answer, body?: object): Promise<Answer> {
  const text = await fetchText(url, { what, ...(body === undefined ? {} : { body }) });
  try {
    return read(openMapiAnswer(text, VERIFY_IF_SIGNED, nodeCrypto));
  } catch (error) {
    if (!isSpvError(error)) throw error;
    const message = `${what}'s answer cannot be used: ${error.message}`;
    throw new CliError("failed", message, `It was asked at ${url}.`, "BAD_ANSWER");
  }
}
