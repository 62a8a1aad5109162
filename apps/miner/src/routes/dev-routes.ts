import { P2PKH } from "@bsv/sdk";
import { json, type HttpRequest, type HttpResponse, type HttpRoute } from "@p4/http";

import type { MiningResult } from "../chain/blockchain.ts";
import { bumpOf } from "../chain/merkle-proof.ts";
import { isRejection } from "../chain/rejection.ts";
import type { ChainTransaction } from "../chain/transaction.ts";
import { beefOf } from "../dev/beef.ts";
import type { Faucet } from "../dev/faucet.ts";
import type { MinerNode } from "../node/miner-node.ts";
import { BadRequestError } from "./bad-request.ts";
import { MAX_BODY_BYTES, optionalInteger, optionalString, parseOptionalObject, type Fields } from "./body-fields.ts";
import { decodeTransactionHex } from "./decode-submission.ts";

const MAX_PAYOUT_SATOSHIS = 1_000_00000000;
const MAX_PAYOUT_OUTPUTS = 1000;
const MAX_MINED_BLOCKS = 1000;
const MAX_SCRIPT_BYTES = 10_000;
const HEX = /^(?:[0-9a-fA-F]{2})+$/;

/** What no real miner has: coins for nothing, blocks on request, reorganisations. */
export function devRoutes(node: MinerNode, faucet: Faucet): HttpRoute[] {
  return [
    { method: "GET", path: "/", handle: () => json(200, description(node)) },
    { method: "POST", path: "/dev/faucet", handle: (request) => payOut(faucet, request) },
    { method: "POST", path: "/dev/mine", maxBodyBytes: MAX_BODY_BYTES, handle: (request) => mine(node, request) },
    {
      method: "POST",
      path: "/dev/reorg",
      maxBodyBytes: MAX_BODY_BYTES,
      handle: (request) => reorganise(node, request),
    },
  ];
}

function description(node: MinerNode): object {
  return {
    name: "P4 development miner",
    warning: "For development only. Its coins are worth nothing and its blocks take no work.",
    height: node.chain.tip.height,
    tip: node.chain.tip.hash,
    mempoolTransactions: node.chain.mempool.size,
    minerId: node.signer.minerId,
    apis: ["/mapi/feeQuote", "/mapi/tx", "/v1/policy", "/v1/tx", "/v1/txs", "/api/v1/chain/tip/longest"],
    development: ["POST /dev/faucet", "POST /dev/mine", "POST /dev/reorg"],
  };
}

async function payOut(faucet: Faucet, request: HttpRequest): Promise<HttpResponse> {
  const fields = parseOptionalObject(request.body);
  const lockingScript = payoutScript(fields);
  const satoshis = optionalInteger(fields, "satoshis", { fallback: NaN, min: 1, max: MAX_PAYOUT_SATOSHIS });
  const count = optionalInteger(fields, "count", { fallback: 1, min: 1, max: MAX_PAYOUT_OUTPUTS });
  const { transaction, position } = await faucet.pay(lockingScript, satoshis, count);
  const bump = bumpOf(position);
  return json(200, {
    txid: transaction.txid,
    vout: 0,
    satoshis,
    coins: Array.from({ length: count }, (_, vout) => ({ txid: transaction.txid, vout, satoshis })),
    rawTx: Buffer.from(transaction.bytes).toString("hex"),
    bump: Buffer.from(bump).toString("hex"),
    beef: beefOf(transaction, bump).toString("hex"),
    blockHash: position.block.hash,
    blockHeight: position.block.height,
  });
}

function payoutScript(fields: Fields): Uint8Array {
  const script = optionalString(fields, "script");
  if (script !== null) {
    if (!HEX.test(script) || script.length > 2 * MAX_SCRIPT_BYTES) {
      throw new BadRequestError(`script: must be hexadecimal, at most ${MAX_SCRIPT_BYTES} bytes`);
    }
    return Buffer.from(script, "hex");
  }
  const address = optionalString(fields, "address");
  if (address === null) throw new BadRequestError("address: is missing (or give a script)");
  try {
    return Uint8Array.from(new P2PKH().lock(address).toBinary());
  } catch {
    throw new BadRequestError("address: must be a P2PKH address");
  }
}

/** `{"blocks"?: 1, "transactions"?: ["<hex>"]}`; the transactions are mined as if another miner had found them. */
function mine(node: MinerNode, request: HttpRequest): HttpResponse {
  const fields = parseOptionalObject(request.body);
  const blocks = optionalInteger(fields, "blocks", { fallback: 1, min: 1, max: MAX_MINED_BLOCKS });
  return mined(node, () => node.mine(blocks, transactionsOf(fields)));
}

/** `{"depth"?: 1, "transactions"?: ["<hex>"]}`; the transactions win over what they conflict with in the old branch. */
function reorganise(node: MinerNode, request: HttpRequest): HttpResponse {
  const fields = parseOptionalObject(request.body);
  // A reward of the old branch can have been spent by nothing yet, as long as it was immature.
  const deepest = Math.min(node.chain.tip.height, node.chain.params.coinbaseMaturity - 1);
  if (deepest < 1) throw new BadRequestError("depth: there is no block above genesis to replace yet");
  const depth = optionalInteger(fields, "depth", { fallback: 1, min: 1, max: deepest });
  return mined(node, () => [node.reorganise(depth, transactionsOf(fields))]);
}

function mined(node: MinerNode, run: () => MiningResult[]): HttpResponse {
  try {
    const results = run();
    return json(200, {
      height: node.chain.tip.height,
      tip: node.chain.tip.hash,
      blocks: results.flatMap(({ blocks }) =>
        blocks.map(({ hash, height, transactions }) => ({ hash, height, txids: transactions.map(({ txid }) => txid) })),
      ),
      staleBlocks: results.flatMap(({ change }) => change.disconnected.map(({ hash }) => hash)),
      evicted: results.flatMap(({ change }) => change.evicted.map(({ transaction }) => transaction.txid)),
    });
  } catch (error) {
    if (isRejection(error)) throw new BadRequestError(`transactions: ${error.message}`);
    throw error;
  }
}

function transactionsOf(fields: Fields): ChainTransaction[] {
  const value = fields["transactions"] ?? [];
  if (!Array.isArray(value)) throw new BadRequestError("transactions: must be a list of hexadecimal texts");
  return value.map((hex: unknown) => {
    if (typeof hex !== "string") throw new BadRequestError("transactions: must be a list of hexadecimal texts");
    return decodeTransactionHex(hex);
  });
}
