import { type Bump, readBump } from "./bump.ts";
import { ByteReader } from "./byte-reader.ts";
import { bytesToDisplayHash } from "./bytes.ts";
import { SpvError } from "./errors.ts";
import type { SpvCrypto } from "./spv-crypto.ts";
import {
  MAX_TRANSACTION_BYTES,
  readTransaction,
  type Transaction,
  transactionIdOf,
  type TransactionOutline,
} from "./transaction.ts";

/** A BEEF message holds the same bytes as a payment message: 10 MB. */
export const MAX_BEEF_BYTES = MAX_TRANSACTION_BYTES;

export type BeefEntry =
  | { readonly kind: "transaction"; readonly transaction: TransactionOutline; readonly bump: Bump | null }
  /** BRC-96: the receiver is said to have it already. */
  | { readonly kind: "txid-only"; readonly txid: string };

/** BRC-62 (version 1), BRC-96 (version 2), either one wrapped by BRC-95 (atomic). Structure only. */
export interface Beef {
  readonly bumps: readonly Bump[];
  /** Parents first. */
  readonly entries: readonly BeefEntry[];
  /** The transaction that an atomic BEEF names. */
  readonly atomicTxid: string | null;
}

const VERSION_1 = 0xefbe0001;
const VERSION_2 = 0xefbe0002;
const ATOMIC = 0x01010101;
const MIN_BUMP_BYTES = 5;
const MIN_ENTRY_BYTES = 33;

/** By the first four bytes. No raw transaction and no go-bc ancestry begins so. */
export function isBeef(bytes: Uint8Array): boolean {
  if (bytes.length < 4) return false;
  const version = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  return version === VERSION_1 || version === VERSION_2 || version === ATOMIC;
}

/** Throws SPV_TOO_LARGE or SPV_BEEF_INVALID. */
export function parseBeef(bytes: Uint8Array, field = "beef"): Beef {
  if (bytes.length > MAX_BEEF_BYTES) throw new SpvError("SPV_TOO_LARGE", `${field}: more than ${MAX_BEEF_BYTES} bytes`);
  const reader = new ByteReader(bytes, field, "SPV_BEEF_INVALID");
  let version = reader.u32();
  let atomicTxid: string | null = null;
  if (version === ATOMIC) {
    atomicTxid = bytesToDisplayHash(reader.take(32));
    version = reader.u32();
  }
  if (version !== VERSION_1 && version !== VERSION_2) throw reader.fail("not a BEEF version");
  const bumpCount = reader.count(MIN_BUMP_BYTES, "BUMP count");
  const bumps: Bump[] = [];
  for (let i = 0; i < bumpCount; i++) bumps.push(readBump(reader));
  const entryCount = reader.count(MIN_ENTRY_BYTES, "transaction count");
  if (entryCount === 0) throw reader.fail("no transactions");
  const entries: BeefEntry[] = [];
  for (let i = 0; i < entryCount; i++) {
    entries.push(version === VERSION_1 ? readEntryV1(reader, bumps) : readEntryV2(reader, bumps));
  }
  reader.end();
  return { bumps, entries, atomicTxid };
}

/** The transaction that the BEEF is about: the one an atomic BEEF names, otherwise the last. */
export function beefSubject(beef: Beef, crypto: SpvCrypto): Transaction {
  const last = beef.entries.at(-1);
  if (last?.kind !== "transaction") throw new SpvError("SPV_BEEF_INVALID", "beef: the last entry is not a transaction");
  const txid = transactionIdOf(last.transaction.bytes, crypto);
  if (beef.atomicTxid === null || beef.atomicTxid === txid) return { ...last.transaction, txid };
  // Parents come first, so the subject of an atomic BEEF, on which nothing else may depend, is the last.
  throw new SpvError("SPV_BEEF_INVALID", "beef: the last transaction is not the one that the atomic form names");
}

function readEntryV1(reader: ByteReader, bumps: readonly Bump[]): BeefEntry {
  const transaction = readTransaction(reader);
  const hasBump = reader.u8();
  if (hasBump > 1) throw reader.fail("BUMP marker must be 0 or 1");
  return { kind: "transaction", transaction, bump: hasBump === 1 ? readBumpIndex(reader, bumps) : null };
}

function readEntryV2(reader: ByteReader, bumps: readonly Bump[]): BeefEntry {
  const format = reader.u8();
  if (format === 2) return { kind: "txid-only", txid: bytesToDisplayHash(reader.take(32)) };
  if (format > 2) throw reader.fail(`transaction format ${format} is not defined`);
  const bump = format === 1 ? readBumpIndex(reader, bumps) : null;
  return { kind: "transaction", transaction: readTransaction(reader), bump };
}

function readBumpIndex(reader: ByteReader, bumps: readonly Bump[]): Bump {
  const bump = bumps[reader.varint()];
  if (bump === undefined) throw reader.fail("BUMP index outside the list");
  return bump;
}
