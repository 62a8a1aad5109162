import { displayHashToBytes, hexToBytes } from "./bytes.ts";
import { SpvError } from "./errors.ts";
import { MAX_TREE_HEIGHT } from "./merkle-branch.ts";
import { isJsonObject, type JsonObject } from "./strict-json.ts";

export type TscTarget =
  /** 64 hex digits as shown. */
  | { readonly type: "hash"; readonly blockHash: string }
  /** mAPI's own form: the block as bitcoind shows it, which names the root beside the hash. */
  | { readonly type: "block"; readonly blockHash: string; readonly merkleRoot: string; readonly blockHeight?: number }
  /** 80 bytes in wire order. */
  | { readonly type: "header"; readonly header: Uint8Array }
  | { readonly type: "merkleRoot"; readonly merkleRoot: string };

/**
 * A Merkle proof of the branch kind, checked for shape only: TSC (TS 2020.01030), or what mAPI sends to clients that did not
 * ask for TSC, which differs in `target` and has `flags`.
 */
export interface TscProof {
  readonly index: number;
  /** A txid as shown (lower case), or the bytes of a whole transaction. */
  readonly txOrId: string | Uint8Array;
  readonly target: TscTarget;
  /** From the leaves up, in hashed byte order; null is `*`. */
  readonly nodes: readonly (Uint8Array | null)[];
}

/** Reads the JSON form. Optional members may be null or empty, as senders write what they do not use. Throws SPV_PROOF_INVALID, SPV_PROOF_UNSUPPORTED (composite, tree), SPV_HEX_INVALID. */
export function parseTscProof(value: unknown): TscProof {
  if (!isJsonObject(value)) throw invalid("proof: must be an object");
  refuseReservedKinds(value);
  return {
    index: parseIndex(value["index"]),
    txOrId: parseTxOrId(value["txOrId"]),
    target: parseTarget(value["targetType"], value["target"]),
    nodes: parseNodes(value["nodes"]),
  };
}

/** For both forms: 0 to 2^53 - 1. */
export function parseIndex(value: unknown): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0 || Object.is(value, -0)) {
    throw invalid("index: must be an integer from 0 to 2^53 - 1");
  }
  return value;
}

function refuseReservedKinds(proof: JsonObject): void {
  const proofType = proof["proofType"];
  if (proofType === "tree") throw unsupported("proofType: tree is reserved");
  if (!isUnused(proofType) && proofType !== "branch") throw invalid("proofType: must be branch");
  const composite = proof["composite"];
  if (composite === true) throw unsupported("composite: true is reserved");
  if (!isUnused(composite) && composite !== false) throw invalid("composite: must be false");
}

function isUnused(value: unknown): boolean {
  return value === undefined || value === null || value === "";
}

function parseTxOrId(value: unknown): string | Uint8Array {
  if (typeof value !== "string" || value.length < 64) throw invalid("txOrId: must be a txid or a transaction in hex");
  const bytes = hexToBytes(value, "txOrId");
  return value.length === 64 ? value.toLowerCase() : bytes;
}

function parseTarget(type: unknown, target: unknown): TscTarget {
  if (isJsonObject(target) && (isUnused(type) || type === "header")) return parseBlock(target);
  if (typeof target !== "string") throw invalid("target: must be hex text, or a block as an object");
  switch (isUnused(type) ? "hash" : type) {
    case "hash":
      return { type: "hash", blockHash: parseHash(target) };
    case "merkleRoot":
      return { type: "merkleRoot", merkleRoot: parseHash(target) };
    case "header":
      if (target.length !== 160) throw invalid("target: a header has 160 hex digits");
      return { type: "header", header: hexToBytes(target, "target") };
    default:
      throw invalid("targetType: must be hash, header or merkleRoot");
  }
}

function parseHash(target: unknown, field = "target"): string {
  if (typeof target !== "string" || target.length !== 64) throw invalid(`${field}: must be 64 hex digits`);
  hexToBytes(target, field);
  return target.toLowerCase();
}

function parseBlock(block: JsonObject): TscTarget {
  const { height } = block;
  return {
    type: "block",
    blockHash: parseHash(block["hash"], "target.hash"),
    merkleRoot: parseHash(block["merkleroot"], "target.merkleroot"),
    ...(typeof height === "number" && Number.isSafeInteger(height) && height >= 0 && { blockHeight: height }),
  };
}

function parseNodes(value: unknown): (Uint8Array | null)[] {
  if (value === null) return []; // Go's empty list
  if (!Array.isArray(value)) throw invalid("nodes: must be a list");
  if (value.length > MAX_TREE_HEIGHT) throw invalid(`nodes: more than ${MAX_TREE_HEIGHT}`);
  return value.map((node: unknown) => {
    if (node === "*") return null;
    if (typeof node !== "string") throw invalid("nodes: must be hashes or *");
    return displayHashToBytes(node, "nodes");
  });
}

function invalid(rule: string): SpvError {
  return new SpvError("SPV_PROOF_INVALID", rule);
}

function unsupported(rule: string): SpvError {
  return new SpvError("SPV_PROOF_UNSUPPORTED", rule);
}
