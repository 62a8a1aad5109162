import { createPublicKey, verify, type KeyObject } from "node:crypto";
import { LruCache } from "./lru-cache.ts";

// SubjectPublicKeyInfo up to the point: id-ecPublicKey on secp256k1 (RFC 5480, SEC 2), for 33 and 65 byte points.
const spkiCompressed = Buffer.from("3036301006072a8648ce3d020106052b8104000a032200", "hex");
const spkiUncompressed = Buffer.from("3056301006072a8648ce3d020106052b8104000a034200", "hex");

// Miners and wallets sign with few keys; decoding a compressed point costs as much as a tenth of a verification.
const keys = new LruCache<string, KeyObject>(4096);

/**
 * What `verifyEcdsaSha256` promises, by OpenSSL: on any machine, in four to five times libsecp256k1's time.
 *
 * It takes the message because Node's `verify` always hashes: with `null` as algorithm it hashes an EC message with SHA-256 too.
 */
export function verifyByOpenssl(message: Uint8Array, signatureDer: Uint8Array, publicKeySec1: Uint8Array): boolean {
  const key = keyObject(publicKeySec1);
  if (key === undefined) return false;
  try {
    return verify("sha256", message, key, signatureDer);
  } catch {
    return false;
  }
}

function keyObject(publicKeySec1: Uint8Array): KeyObject | undefined {
  const id = Buffer.from(publicKeySec1.buffer, publicKeySec1.byteOffset, publicKeySec1.byteLength).toString("latin1");
  const known = keys.get(id);
  if (known !== undefined) return known;
  const prefix = prefixFor(publicKeySec1);
  if (prefix === undefined) return undefined;
  try {
    const key = createPublicKey({ key: Buffer.concat([prefix, publicKeySec1]), format: "der", type: "spki" });
    keys.set(id, key);
    return key;
  } catch {
    return undefined;
  }
}

function prefixFor(point: Uint8Array): Buffer | undefined {
  if (point.length === 33 && (point[0] === 2 || point[0] === 3)) return spkiCompressed;
  if (point.length === 65 && point[0] === 4) return spkiUncompressed;
  return undefined;
}
