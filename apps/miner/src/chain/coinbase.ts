import { sha256d, toDisplayHex } from "./hash.ts";
import { NULL_TXID, type ChainOutput, type ChainTransaction } from "./transaction.ts";

const NULL_VOUT = 0xffffffff;
const FINAL_SEQUENCE = 0xffffffff;

/**
 * The first transaction of a block. The height opens its input script (BIP34); `tag` makes two coinbases of one
 * height differ, so that branches of a reorganisation never share a transaction id.
 */
export function buildCoinbase(height: number, tag: string, output: ChainOutput): ChainTransaction {
  const unlockingScript = Buffer.concat([pushOf(uint32(height)), pushOf(Buffer.from(tag, "utf8"))]);
  const raw = Buffer.concat([
    uint32(1),
    Buffer.from([1]),
    Buffer.alloc(32),
    uint32(NULL_VOUT),
    Buffer.from([unlockingScript.length]),
    unlockingScript,
    uint32(FINAL_SEQUENCE),
    Buffer.from([1]),
    uint64(output.satoshis),
    Buffer.from([output.lockingScript.length]),
    output.lockingScript,
    uint32(0),
  ]);
  return {
    txid: toDisplayHex(sha256d(raw)),
    bytes: raw,
    version: 1,
    inputs: [{ sourceTxid: NULL_TXID, sourceOutputIndex: NULL_VOUT, unlockingScript, sequence: FINAL_SEQUENCE }],
    outputs: [output],
    lockTime: 0,
  };
}

/** Script pushes of at most 75 bytes: their length is the opcode. */
function pushOf(data: Buffer): Buffer {
  return Buffer.concat([Buffer.from([data.length]), data]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function uint64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
}
