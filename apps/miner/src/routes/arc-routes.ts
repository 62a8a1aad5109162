import { json, type HttpRequest, type HttpResponse, type HttpRoute } from "@p4/http";

import { bumpHexOf } from "../chain/merkle-proof.ts";
import { isRejection } from "../chain/rejection.ts";
import type { MinerNode } from "../node/miner-node.ts";
import type { ArcSubscription } from "../node/subscription.ts";
import { arcProblem, arcProblemResponse, badRequestProblem, type ArcProblem } from "./arc-problem.ts";
import { BadRequestError, isBadRequest } from "./bad-request.ts";
import {
  asObject,
  checkCallbackToken,
  checkCallbackUrl,
  MAX_BODY_BYTES,
  parseJsonBody,
  requiredString,
} from "./body-fields.ts";
import { bytesOfHex, decodeSubmission } from "./decode-submission.ts";
import { parseTxidParam } from "./txid-param.ts";

const MAX_BATCH = 1000;

/** ARC: submit one or many, query, policy. Errors are RFC 7807 bodies. */
export function arcRoutes(node: MinerNode): HttpRoute[] {
  return [
    {
      method: "POST",
      path: "/v1/tx",
      maxBodyBytes: MAX_BODY_BYTES,
      handle: arc((request) => submitOne(node, request)),
    },
    {
      method: "POST",
      path: "/v1/txs",
      maxBodyBytes: MAX_BODY_BYTES,
      handle: arc((request) => submitMany(node, request)),
    },
    { method: "GET", path: "/v1/tx/:txid", handle: arc((request) => query(node, request)) },
    { method: "GET", path: "/v1/policy", handle: () => policy(node) },
  ];
}

function arc(handle: (request: HttpRequest) => HttpResponse): HttpRoute["handle"] {
  return (request) => {
    try {
      return handle(request);
    } catch (error) {
      if (isBadRequest(error)) return arcProblemResponse(badRequestProblem(error.message));
      throw error;
    }
  };
}

function submitOne(node: MinerNode, request: HttpRequest): HttpResponse {
  const subscription = subscriptionOf(request);
  const result = submit(node, transactionBytes(request), subscription);
  return "txStatus" in result ? json(200, result) : arcProblemResponse(result);
}

function submitMany(node: MinerNode, request: HttpRequest): HttpResponse {
  const subscription = subscriptionOf(request);
  const items = parseJsonBody(request.body);
  if (!Array.isArray(items) || items.length > MAX_BATCH) {
    throw new BadRequestError(`body: must be a list of at most ${MAX_BATCH} transactions`);
  }
  const hexes = items.map((item: unknown, index) => requiredString(asObject(item, `body[${index}]`), "rawTx"));
  // One answer for each, in order: some may be accepted and others refused.
  return json(
    200,
    hexes.map((hex) => submit(node, () => bytesOfHex(hex), subscription)),
  );
}

interface ArcResult {
  readonly status: 200;
  readonly title: "OK";
  readonly txStatus: string;
  readonly [field: string]: unknown;
}

function submit(
  node: MinerNode,
  bytes: () => Uint8Array,
  subscription: ArcSubscription | null,
): ArcResult | ArcProblem {
  let txid: string | undefined;
  try {
    const transactions = decodeSubmission(bytes());
    for (const [index, transaction] of transactions.entries()) {
      const isSubject = index === transactions.length - 1;
      txid = transaction.txid;
      node.submit(transaction, isSubject ? subscription : null);
    }
    return statusResult(node, txid as string) as ArcResult;
  } catch (error) {
    if (!isRejection(error)) throw error;
    if (error.code === "TX_DOUBLE_SPEND") {
      return arcResult({
        txid,
        txStatus: "DOUBLE_SPEND_ATTEMPTED",
        competingTxs: error.conflictingTxids,
        extraInfo: error.message,
      });
    }
    return arcProblem(error, txid);
  }
}

function query(node: MinerNode, request: HttpRequest): HttpResponse {
  const txid = parseTxidParam(request);
  const result = statusResult(node, txid);
  if (result !== null) return json(200, result);
  return arcProblemResponse({
    type: "https://bitcoin-sv.github.io/arc/#/errors?id=_404",
    title: "Not found",
    status: 404,
    detail: "The requested resource could not be found",
    instance: null,
    txid,
    extraInfo: "transaction not found",
  });
}

/** Null when the transaction is not known. */
function statusResult(node: MinerNode, txid: string): ArcResult | null {
  const status = node.statusOf(txid);
  switch (status.kind) {
    case "unknown":
      return null;
    case "mempool":
      return status.competingTxids.length === 0
        ? arcResult({ txid, txStatus: "SEEN_ON_NETWORK" })
        : arcResult({ txid, txStatus: "DOUBLE_SPEND_ATTEMPTED", competingTxs: status.competingTxids });
    case "evicted":
      return arcResult({ txid, txStatus: "REJECTED", competingTxs: status.competingTxids, extraInfo: "double spent" });
    case "mined":
      return arcResult({
        txid,
        txStatus: "MINED",
        blockHash: status.position.block.hash,
        blockHeight: status.position.block.height,
        merklePath: bumpHexOf(status.position),
      });
  }
}

function arcResult(fields: Pick<ArcResult, "txStatus"> & Record<string, unknown>): ArcResult {
  return {
    timestamp: new Date().toISOString(),
    status: 200,
    title: "OK",
    blockHash: "",
    blockHeight: 0,
    merklePath: "",
    competingTxs: null,
    extraInfo: "",
    ...fields,
  };
}

/** JSON `{"rawTx"}`, hex as text/plain, or the bytes themselves. */
function transactionBytes(request: HttpRequest): () => Uint8Array {
  const contentType = (request.headers.get("content-type") ?? "").split(";", 1)[0]?.trim().toLowerCase();
  switch (contentType) {
    case "application/octet-stream":
      return () => request.body;
    case "text/plain":
      return () => bytesOfHex(Buffer.from(request.body).toString("utf8").trim());
    case "application/json": {
      const hex = requiredString(asObject(parseJsonBody(request.body), "body"), "rawTx");
      return () => bytesOfHex(hex);
    }
    default:
      throw new BadRequestError("content-type: must be application/json, text/plain or application/octet-stream");
  }
}

function subscriptionOf({ headers }: HttpRequest): ArcSubscription | null {
  const url = headers.get("x-callbackurl");
  const token = checkCallbackToken(headers.get("x-callbacktoken") ?? null, "X-CallbackToken");
  if (url === undefined || url === "") return null;
  return {
    dialect: "arc",
    url: checkCallbackUrl(url, "X-CallbackUrl"),
    token,
    fullStatusUpdates: headers.get("x-fullstatusupdates") === "true",
  };
}

function policy(node: MinerNode): HttpResponse {
  const { feeRate, maxTransactionBytes } = node.chain.params;
  return json(200, {
    timestamp: new Date().toISOString(),
    policy: {
      maxscriptsizepolicy: maxTransactionBytes,
      maxtxsigopscountspolicy: 0xffffffff,
      maxtxsizepolicy: maxTransactionBytes,
      miningFee: feeRate,
      standardFormatSupported: true,
    },
  });
}
