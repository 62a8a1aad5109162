import { json, type HttpRequest, type HttpResponse, type HttpRoute } from "@p4/http";

import { workOfBits } from "../chain/block-header.ts";
import type { ChainBlock } from "../chain/block.ts";
import type { MinerNode } from "../node/miner-node.ts";
import { BadRequestError } from "./bad-request.ts";
import { asObject, parseJsonBody } from "./body-fields.ts";
import { parseHashParam } from "./txid-param.ts";

const MAX_HEADERS = 2000;
const MAX_ROOTS = 1000;
const HASH = /^[0-9a-fA-F]{64}$/;

/** The Block Headers Service's routes, as @bsv/sdk's client of that name calls them. */
export function headerRoutes(node: MinerNode): HttpRoute[] {
  return [
    { method: "GET", path: "/api/v1/chain/header/byHeight", handle: (request) => byHeight(node, request) },
    { method: "GET", path: "/api/v1/chain/header/state/:hash", handle: (request) => state(node, request) },
    { method: "GET", path: "/api/v1/chain/header/:hash", handle: (request) => byHash(node, request) },
    { method: "GET", path: "/api/v1/chain/tip/longest", handle: () => json(200, stateJson(node, node.chain.tip)) },
    { method: "POST", path: "/api/v1/chain/merkleroot/verify", handle: (request) => verifyRoots(node, request) },
  ];
}

function byHash(node: MinerNode, request: HttpRequest): HttpResponse {
  const block = node.chain.index.get(parseHashParam(request, "hash"));
  return block === undefined ? unknownHeader() : json(200, headerJson(block));
}

function state(node: MinerNode, request: HttpRequest): HttpResponse {
  const block = node.chain.index.get(parseHashParam(request, "hash"));
  return block === undefined ? unknownHeader() : json(200, stateJson(node, block));
}

function byHeight(node: MinerNode, request: HttpRequest): HttpResponse {
  const height = integerParam(request, "height", null, Number.MAX_SAFE_INTEGER);
  const count = integerParam(request, "count", 1, MAX_HEADERS);
  const blocks = Array.from({ length: count }, (_, i) => node.chain.blockAt(height + i)).filter(
    (block) => block !== undefined,
  );
  return blocks.length === 0 ? unknownHeader() : json(200, blocks.map(headerJson));
}

function verifyRoots(node: MinerNode, request: HttpRequest): HttpResponse {
  const body = parseJsonBody(request.body);
  if (!Array.isArray(body) || body.length === 0 || body.length > MAX_ROOTS) {
    throw new BadRequestError(`body: must be a list of 1 to ${MAX_ROOTS} Merkle roots`);
  }
  const confirmations = body.map((item: unknown, index) => confirmRoot(node, item, `body[${index}]`));
  const states = confirmations.map(({ confirmation }) => confirmation);
  // The worst single answer is the answer for all.
  const confirmationState =
    (["INVALID", "UNABLE_TO_VERIFY"] as const).find((word) => states.includes(word)) ?? "CONFIRMED";
  return json(200, { confirmationState, confirmations });
}

type Confirmation = "CONFIRMED" | "UNABLE_TO_VERIFY" | "INVALID";

function confirmRoot(node: MinerNode, item: unknown, name: string) {
  const { blockHeight, merkleRoot } = asObject(item, name);
  if (typeof merkleRoot !== "string" || !HASH.test(merkleRoot)) {
    throw new BadRequestError(`${name}.merkleRoot: must be 64 hex digits`);
  }
  if (typeof blockHeight !== "number" || !Number.isSafeInteger(blockHeight) || blockHeight < 0) {
    throw new BadRequestError(`${name}.blockHeight: must be a whole number from 0`);
  }
  const block = node.chain.blockAt(blockHeight);
  let confirmation: Confirmation = "UNABLE_TO_VERIFY";
  if (block !== undefined) {
    confirmation = block.header.merkleRoot === merkleRoot.toLowerCase() ? "CONFIRMED" : "INVALID";
  }
  return { blockHash: confirmation === "CONFIRMED" ? (block?.hash ?? "") : "", blockHeight, merkleRoot, confirmation };
}

function headerJson({ hash, header }: ChainBlock): object {
  return {
    hash,
    version: header.version,
    prevBlockHash: header.previousHash,
    merkleRoot: header.merkleRoot,
    creationTimestamp: header.time,
    difficultyTarget: header.bits,
    nonce: header.nonce,
    work: workOfBits(header.bits).toString(),
  };
}

function stateJson(node: MinerNode, block: ChainBlock): object {
  return {
    header: headerJson(block),
    state: node.chain.isActive(block) ? "LONGEST_CHAIN" : "STALE",
    chainWork: block.chainWork.toString(),
    height: block.height,
  };
}

function integerParam(request: HttpRequest, name: string, fallback: number | null, max: number): number {
  const text = request.query.get(name);
  if (text === null && fallback !== null) return fallback;
  const value = text !== null && /^\d{1,16}$/.test(text) ? Number(text) : NaN;
  if (!(value <= max)) throw new BadRequestError(`${name}: must be a whole number from 0 to ${max}`);
  return value;
}

function unknownHeader(): HttpResponse {
  return json(404, { code: "ErrHeaderNotFound", message: "header not found" });
}
