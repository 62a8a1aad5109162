import { createPrivateKey, sign } from "node:crypto";

import { PrivateKey } from "@bsv/sdk";

/** Seals mAPI payloads. Nothing leaves the miner's mAPI unsigned. */
export interface EnvelopeSigner {
  /** The public key in hex, which mAPI makes the miner's id. */
  readonly minerId: string;
  /** The whole JSON envelope (BRFC 298e080a4598) for a payload. */
  seal(payload: object): string;
}

/** Signs with OpenSSL: @bsv/sdk takes some 3 ms for one signature, which would be most of a submit. */
export function createEnvelopeSigner(privateKeyHex: string): EnvelopeSigner {
  const publicKey = PrivateKey.fromHex(privateKeyHex).toPublicKey();
  const minerId = publicKey.toString();
  const point = Buffer.from(publicKey.encode(false) as number[]);
  const key = createPrivateKey({
    format: "jwk",
    key: {
      kty: "EC",
      crv: "secp256k1",
      d: Buffer.from(privateKeyHex, "hex").toString("base64url"),
      x: point.subarray(1, 33).toString("base64url"),
      y: point.subarray(33).toString("base64url"),
    },
  });
  return {
    minerId,
    seal: (payload) => {
      const text = JSON.stringify(payload);
      // One SHA-256 over the payload text's UTF-8 bytes; the signature is DER.
      const signature = sign("sha256", Buffer.from(text, "utf8"), key).toString("hex");
      return JSON.stringify({
        payload: text,
        signature,
        publicKey: minerId,
        encoding: "UTF-8",
        mimetype: "application/json",
      });
    },
  };
}
