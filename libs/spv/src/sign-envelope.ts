import { PrivateKey } from "@bsv/sdk";
import { utf8Bytes } from "./bytes.ts";

/** Signs as miners do: one SHA-256 of the payload's UTF-8 bytes, deterministic, low S. Returns the body to POST. */
export function signEnvelope(payload: string, privateKeyHex: string): string {
  const key = PrivateKey.fromHex(privateKeyHex);
  return JSON.stringify({
    payload,
    signature: key.sign(Array.from(utf8Bytes(payload))).toDER("hex"),
    publicKey: key.toPublicKey().toString(),
    encoding: "UTF-8",
    mimetype: "application/json",
  });
}
