import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import { nkeys } from "@nats-io/transport-node";
import { bytesOfNkey, nkeyOf } from "./nkey-text.ts";

/** How a user answers the broker's challenge: by Node.js's own Ed25519. The client's, in JavaScript, takes 60 ms at a start. */
export interface UserSigner {
  /** What the broker knows the user by: `U...`. */
  readonly publicKey: string;
  sign(challenge: Uint8Array): Uint8Array;
}

/** What stands before the 32 bytes of a private Ed25519 key in PKCS #8. */
const pkcs8Header = Buffer.from("302e020100300506032b657004220420", "hex");
const userPrefix = 20 << 3;

/** Throws an Error for what is no user's seed (`SU...`). */
export function createUserSigner(seed: string): UserSigner {
  // Looks at its length and its checksum.
  nkeys.fromSeed(new TextEncoder().encode(seed));
  if (!isUserSeed(seed)) throw new Error("the seed is not a user's");
  // Behind two bytes for its kind.
  const key = bytesOfNkey(seed).subarray(2);
  const privateKey = createPrivateKey({ key: Buffer.concat([pkcs8Header, key]), format: "der", type: "pkcs8" });
  const publicBytes = createPublicKey(privateKey).export({ format: "der", type: "spki" }).subarray(-32);
  const publicKey = nkeyOf(Buffer.concat([Buffer.of(userPrefix), publicBytes]));
  return { publicKey, sign: (challenge) => sign(null, challenge, privateKey) };
}

/** The kind of a seed stands in its first two letters. */
export const isUserSeed = (seed: string): boolean => seed.startsWith("SU");
