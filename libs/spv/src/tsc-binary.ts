import { ByteReader } from "./byte-reader.ts";
import { bytesToDisplayHash, concatBytes, displayHashToBytes } from "./bytes.ts";
import { compactSize } from "./compact-size.ts";
import { SpvError } from "./errors.ts";
import { HEADER_BYTES } from "./block-header.ts";
import { MAX_TREE_HEIGHT } from "./merkle-branch.ts";
import { parseIndex, type TscProof, type TscTarget } from "./tsc-proof.ts";

const FLAG_FULL_TX = 0x01;
const TARGET_MASK = 0x06;
const TARGET_HASH = 0x00;
const TARGET_HEADER = 0x02;
const TARGET_ROOT = 0x04;
const FLAG_TREE = 0x08;
const FLAG_COMPOSITE = 0x10;
const NODE_HASH = 0;
const NODE_COPY = 1;

/**
 * Reads the standard's binary form. (go-bc writes headers and whole transactions byte-reversed: not this form.)
 * Throws SPV_PROOF_INVALID, SPV_PROOF_UNSUPPORTED.
 */
export function parseTscBinary(bytes: Uint8Array): TscProof {
  const reader = new ByteReader(bytes, "proof", "SPV_PROOF_INVALID");
  const proof = readTscBinary(reader);
  reader.end();
  return proof;
}

function readTscBinary(reader: ByteReader): TscProof {
  const flags = reader.u8();
  if (flags & (FLAG_TREE | FLAG_COMPOSITE)) {
    throw new SpvError("SPV_PROOF_UNSUPPORTED", "proof: tree and composite are reserved");
  }
  if (flags >= FLAG_TREE) throw reader.fail("undefined flags");
  const index = parseIndex(reader.varint());
  const txOrId = flags & FLAG_FULL_TX ? reader.take(reader.varint()) : bytesToDisplayHash(reader.take(32));
  const target = readTarget(reader, flags & TARGET_MASK);
  const count = reader.count(1, "node count");
  if (count > MAX_TREE_HEIGHT) throw reader.fail(`more than ${MAX_TREE_HEIGHT} nodes`);
  const nodes: (Uint8Array | null)[] = [];
  for (let i = 0; i < count; i++) nodes.push(readNode(reader));
  return { index, txOrId, target, nodes };
}

function readTarget(reader: ByteReader, kind: number): TscTarget {
  switch (kind) {
    case TARGET_HASH:
      return { type: "hash", blockHash: bytesToDisplayHash(reader.take(32)) };
    case TARGET_HEADER:
      return { type: "header", header: reader.take(HEADER_BYTES) };
    case TARGET_ROOT:
      return { type: "merkleRoot", merkleRoot: bytesToDisplayHash(reader.take(32)) };
    default:
      throw reader.fail("undefined target type");
  }
}

function readNode(reader: ByteReader): Uint8Array | null {
  const kind = reader.u8();
  if (kind === NODE_HASH) return reader.take(32);
  if (kind === NODE_COPY) return null;
  throw new SpvError("SPV_PROOF_UNSUPPORTED", `nodes: kind ${kind} belongs to composite proofs`);
}

export function encodeTscBinary(proof: TscProof): Uint8Array {
  const isFullTx = typeof proof.txOrId !== "string";
  const [kind, target] = encodeTarget(proof.target);
  const parts: Uint8Array[] = [Uint8Array.of(kind | (isFullTx ? FLAG_FULL_TX : 0)), compactSize(proof.index)];
  if (typeof proof.txOrId === "string") parts.push(displayHashToBytes(proof.txOrId, "txOrId"));
  else parts.push(compactSize(proof.txOrId.length), proof.txOrId);
  parts.push(target, compactSize(proof.nodes.length));
  for (const node of proof.nodes) {
    if (node === null) parts.push(Uint8Array.of(NODE_COPY));
    else parts.push(Uint8Array.of(NODE_HASH), node);
  }
  return concatBytes(parts);
}

function encodeTarget(target: TscTarget): [kind: number, bytes: Uint8Array] {
  if (target.type === "header") return [TARGET_HEADER, target.header];
  if (target.type === "hash" || target.type === "block")
    return [TARGET_HASH, displayHashToBytes(target.blockHash, "target")];
  return [TARGET_ROOT, displayHashToBytes(target.merkleRoot, "target")];
}
