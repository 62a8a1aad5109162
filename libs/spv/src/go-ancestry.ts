import { ByteReader } from "./byte-reader.ts";
import type { Ancestor } from "./payment-ancestry.ts";
import type { SpvCrypto } from "./spv-crypto.ts";
import { parseTransaction } from "./transaction.ts";
import { parseTscBinary } from "./tsc-binary.ts";

const VERSION = 1;
const CHUNK_TRANSACTION = 1;
const CHUNK_PROOF = 2;
const CHUNK_MAPI_RESPONSES = 3;
const MAX_ANCESTRY_BYTES = 10_000_000;

/**
 * The Go library's ancestry: a version byte, then chunks `kind, length, data`. A proof or a list of miners' answers
 * belongs to the transaction before it; the answers prove nothing and are skipped. Throws SPV_ANCESTRY_INVALID.
 */
export function readGoAncestry(bytes: Uint8Array, crypto: SpvCrypto): Ancestor[] {
  const reader = new ByteReader(bytes, "ancestry", "SPV_ANCESTRY_INVALID");
  if (bytes.length > MAX_ANCESTRY_BYTES) throw reader.fail(`more than ${MAX_ANCESTRY_BYTES} bytes`);
  if (reader.u8() !== VERSION) throw reader.fail("neither version 1 nor a BEEF");
  const ancestors: Ancestor[] = [];
  while (reader.remaining > 0) {
    const kind = reader.u8();
    const data = reader.take(reader.varint());
    const previous = ancestors.at(-1);
    if (kind === CHUNK_TRANSACTION) {
      ancestors.push({ transaction: parseTransaction(data, crypto, "ancestor"), proof: null });
    } else if (previous === undefined) {
      throw reader.fail("a proof before any transaction");
    } else if (kind === CHUNK_PROOF) {
      ancestors[ancestors.length - 1] = { ...previous, proof: { kind: "tsc", proof: parseTscBinary(data) } };
    } else if (kind !== CHUNK_MAPI_RESPONSES) {
      throw reader.fail(`chunk kind ${kind} is not defined`);
    }
  }
  return ancestors;
}
