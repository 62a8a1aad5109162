import { bytesToDisplayHash, concatBytes, hexToBytes } from "./bytes.ts";
import { ByteReader } from "./byte-reader.ts";
import { SpvError } from "./errors.ts";
import { hash256, type SpvCrypto } from "./spv-crypto.ts";

/** BRC-55 allows messages of 10 MB. */
export const MAX_TRANSACTION_BYTES = 10_000_000;
const MAX_SATOSHIS = 2_100_000_000_000_000n;
const MIN_INPUT_BYTES = 41;
const MIN_OUTPUT_BYTES = 9;

export interface TransactionInput {
  readonly sourceTxid: string;
  readonly sourceOutputIndex: number;
  readonly unlockingScript: Uint8Array;
  readonly sequence: number;
}

export interface TransactionOutput {
  readonly satoshis: bigint;
  readonly lockingScript: Uint8Array;
}

export interface TransactionOutline {
  /** The plain serialisation: what the txid is the hash of, also when the Extended Format came in. */
  readonly bytes: Uint8Array;
  readonly version: number;
  readonly inputs: readonly TransactionInput[];
  readonly outputs: readonly TransactionOutput[];
  readonly lockTime: number;
}

export interface Transaction extends TransactionOutline {
  readonly txid: string;
}

/** Raw or Extended Format, exactly one transaction. Throws SPV_TOO_LARGE or SPV_TRANSACTION_INVALID. */
export function parseTransaction(bytes: Uint8Array, crypto: SpvCrypto, field = "transaction"): Transaction {
  if (bytes.length > MAX_TRANSACTION_BYTES) {
    throw new SpvError("SPV_TOO_LARGE", `${field}: more than ${MAX_TRANSACTION_BYTES} bytes`);
  }
  const reader = new ByteReader(bytes, field, "SPV_TRANSACTION_INVALID");
  const outline = readTransaction(reader);
  reader.end();
  return { ...outline, txid: transactionIdOf(outline.bytes, crypto) };
}

export function parseTransactionHex(hex: string, crypto: SpvCrypto, field = "transaction"): Transaction {
  return parseTransaction(hexToBytes(hex, field), crypto, field);
}

/** `bytes`: the plain serialisation of one transaction, already checked. */
export function transactionIdOf(bytes: Uint8Array, crypto: SpvCrypto): string {
  return bytesToDisplayHash(hash256(crypto, bytes));
}

/** Reads one transaction and leaves the reader behind it. Scripts are views of the input. */
export function readTransaction(reader: ByteReader): TransactionOutline {
  const start = reader.position;
  const version = reader.u32();
  const extended = isExtendedFormat(reader);
  if (extended) reader.take(6);
  const plainParts: Uint8Array[] = [];
  const bodyStart = reader.position;

  const inputCount = reader.count(MIN_INPUT_BYTES, "input count");
  if (inputCount === 0) throw reader.fail("no inputs");
  if (extended)
    plainParts.push(reader.bytes.subarray(start, start + 4), reader.bytes.subarray(bodyStart, reader.position));
  const inputs: TransactionInput[] = [];
  for (let i = 0; i < inputCount; i++) {
    const inputStart = reader.position;
    inputs.push(readInput(reader));
    if (extended) {
      plainParts.push(reader.bytes.subarray(inputStart, reader.position));
      readOutput(reader); // the spent output, which the plain form leaves out
    }
  }

  const outputsStart = reader.position;
  const outputCount = reader.count(MIN_OUTPUT_BYTES, "output count");
  if (outputCount === 0) throw reader.fail("no outputs");
  const outputs: TransactionOutput[] = [];
  for (let i = 0; i < outputCount; i++) outputs.push(readOutput(reader));
  const lockTime = reader.u32();

  if (extended) plainParts.push(reader.bytes.subarray(outputsStart, reader.position));
  const bytes = extended ? concatBytes(plainParts) : reader.bytes.subarray(start, reader.position);
  return { bytes, version, inputs, outputs, lockTime };
}

/** BRC-30: an impossible "no inputs, no outputs" after the version, then EF. */
function isExtendedFormat(reader: ByteReader): boolean {
  for (let i = 0; i < 5; i++) if (reader.peek(i) !== 0) return false;
  return reader.peek(5) === 0xef;
}

function readInput(reader: ByteReader): TransactionInput {
  const sourceTxid = bytesToDisplayHash(reader.take(32));
  const sourceOutputIndex = reader.u32();
  const unlockingScript = reader.take(reader.varint());
  return { sourceTxid, sourceOutputIndex, unlockingScript, sequence: reader.u32() };
}

function readOutput(reader: ByteReader): TransactionOutput {
  const satoshis = reader.u64();
  if (satoshis > MAX_SATOSHIS) throw reader.fail("an output has more satoshis than exist");
  return { satoshis, lockingScript: reader.take(reader.varint()) };
}
