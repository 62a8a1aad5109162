import type { HttpRequest, HttpResponse, HttpRoute } from "@p4/http";
import { json } from "@p4/http";

import { tscProofOf } from "../chain/merkle-proof.ts";
import { isRejection, REJECTIONS, type RejectionError } from "../chain/rejection.ts";
import { MAPI_VERSION } from "../node/mapi-callback.ts";
import type { MinerNode } from "../node/miner-node.ts";
import type { MapiSubscription } from "../node/subscription.ts";
import { BadRequestError } from "./bad-request.ts";
import {
  asObject,
  checkCallbackToken,
  checkCallbackUrl,
  MAX_BODY_BYTES,
  optionalBoolean,
  optionalString,
  parseJsonBody,
  requiredString,
  type Fields,
} from "./body-fields.ts";
import { decodeTransactionHex } from "./decode-submission.ts";
import { parseTxidParam } from "./txid-param.ts";

const QUOTE_LIFETIME_MS = 10 * 60_000;

/** mAPI 1.5: fee quote, submit, query. Every answer is a signed JSON envelope. */
export function mapiRoutes(node: MinerNode): HttpRoute[] {
  return [
    { method: "GET", path: "/mapi/feeQuote", handle: () => sealed(node, feeQuote(node)) },
    { method: "GET", path: "/mapi/policyQuote", handle: () => sealed(node, feeQuote(node)) },
    { method: "POST", path: "/mapi/tx", maxBodyBytes: MAX_BODY_BYTES, handle: (request) => submit(node, request) },
    { method: "GET", path: "/mapi/tx/:txid", handle: (request) => query(node, request) },
  ];
}

function feeQuote(node: MinerNode): object {
  const { feeRate, maxTransactionBytes } = node.chain.params;
  const fee = { miningFee: feeRate, relayFee: feeRate };
  return {
    expiryTime: new Date(Date.now() + QUOTE_LIFETIME_MS).toISOString(),
    ...tipFields(node),
    fees: [
      { feeType: "standard", ...fee },
      { feeType: "data", ...fee },
    ],
    callbacks: [],
    policies: { maxtxsizepolicy: maxTransactionBytes },
  };
}

function submit(node: MinerNode, request: HttpRequest): HttpResponse {
  const fields = asObject(parseJsonBody(request.body), "body");
  const subscription = subscriptionOf(fields);
  const rawtx = requiredString(fields, "rawtx");
  try {
    const transaction = decodeTransactionHex(rawtx);
    const isNew = node.submit(transaction, subscription);
    return sealed(node, {
      txid: transaction.txid,
      returnResult: "success",
      resultDescription: isNew ? "" : "Already known",
      ...submitTail(node, []),
    });
  } catch (error) {
    if (!isRejection(error)) throw error;
    return sealed(node, refusal(node, rawtx, error));
  }
}

/** A refused transaction is a normal answer: 200 and `failure`. 4xx is for requests that are not mAPI. */
function refusal(node: MinerNode, rawtx: string, error: RejectionError): object {
  return {
    txid: error.code === "TX_MALFORMED" ? "" : decodeTransactionHex(rawtx).txid,
    returnResult: "failure",
    resultDescription: error.message,
    failureRetryable: REJECTIONS[error.code].retryable,
    ...submitTail(node, error.conflictingTxids),
  };
}

function submitTail(node: MinerNode, conflictingTxids: readonly string[]): object {
  const conflictedWith = conflictingTxids.flatMap((txid) => {
    const bytes = node.chain.mempool.get(txid)?.bytes;
    return bytes === undefined ? [] : [{ txid, size: bytes.length, hex: Buffer.from(bytes).toString("hex") }];
  });
  return {
    ...tipFields(node),
    txSecondMempoolExpiry: 0,
    warnings: [],
    ...(conflictedWith.length === 0 ? {} : { conflictedWith }),
  };
}

function query(node: MinerNode, request: HttpRequest): HttpResponse {
  const txid = parseTxidParam(request);
  const status = node.statusOf(txid);
  switch (status.kind) {
    case "unknown":
      return sealed(node, { txid, ...queryFailure("the transaction is not known") });
    case "evicted":
      return sealed(node, { txid, ...queryFailure(`double spent by ${status.competingTxids.join(", ")}`) });
    case "mempool":
      return sealed(node, { txid, returnResult: "success", resultDescription: "", txSecondMempoolExpiry: 0 });
    case "mined": {
      const { block } = status.position;
      const wantsProof = request.query.get("merkleProof") === "true";
      return sealed(node, {
        txid,
        returnResult: "success",
        resultDescription: "",
        blockHash: block.hash,
        blockHeight: block.height,
        confirmations: node.chain.tip.height - block.height + 1,
        txSecondMempoolExpiry: 0,
        ...(wantsProof ? { merkleProof: tscProofOf(status.position), merkleFormat: "TSC" } : {}),
      });
    }
  }
}

function queryFailure(resultDescription: string): object {
  return { returnResult: "failure", resultDescription };
}

function subscriptionOf(fields: Fields): MapiSubscription | null {
  const merkleFormat = optionalString(fields, "merkleFormat");
  if (merkleFormat !== null && merkleFormat !== "TSC") throw new BadRequestError("merkleFormat: only TSC is offered");
  if (optionalString(fields, "callbackEncryption") !== null) {
    throw new BadRequestError("callbackEncryption: encrypted callbacks are not offered");
  }
  const merkleProof = optionalBoolean(fields, "merkleProof");
  const dsCheck = optionalBoolean(fields, "dsCheck");
  const token = checkCallbackToken(optionalString(fields, "callbackToken"), "callbackToken");
  const url = optionalString(fields, "callbackUrl");
  if (url !== null) return { dialect: "mapi", url: checkCallbackUrl(url, "callbackUrl"), token, merkleProof, dsCheck };
  if (merkleProof || dsCheck) throw new BadRequestError("callbackUrl: is needed for merkleProof and dsCheck");
  return null;
}

function tipFields(node: MinerNode): object {
  const { hash, height } = node.chain.tip;
  return { currentHighestBlockHash: hash, currentHighestBlockHeight: height };
}

function sealed(node: MinerNode, payload: object): HttpResponse {
  const { minerId } = node.signer;
  const timestamp = new Date().toISOString();
  const body = node.signer.seal({ apiVersion: MAPI_VERSION, timestamp, minerId, ...payload });
  return { ...json(200, null), body };
}
