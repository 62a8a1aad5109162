import { PrivateKey } from "@bsv/sdk";
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { hexToBytes, utf8Bytes } from "./bytes.ts";
import { sdkCrypto } from "./sdk-crypto.ts";

const key = PrivateKey.fromHex("33".repeat(32));
const message = utf8Bytes("signed");
const digest = sdkCrypto.sha256(message);
const signature = hexToBytes(key.sign(Array.from(message)).toDER("hex") as string, "signature");
const compressed = hexToBytes(key.toPublicKey().toString(), "key");
const uncompressed = Uint8Array.from(key.toPublicKey().encode(false) as number[]);
const verify = (publicKey: Uint8Array, der = signature, text = message) =>
  sdkCrypto.verifyEcdsaSha256(text, der, publicKey);

describe("sdkCrypto", () => {
  it("hashes as the runtime does", () => {
    expect(digest).toEqual(Uint8Array.from(createHash("sha256").update(message).digest()));
  });

  it("verifies with both forms of the key", () => {
    expect([verify(compressed), verify(uncompressed)]).toEqual([true, true]);
  });

  it("is false for anything else, without an exception", () => {
    const offCurve = Uint8Array.from(uncompressed);
    offCurve[64] = (offCurve[64] as number) ^ 1;
    const noPoint = hexToBytes(`02${"5".padStart(64, "0")}`, "key");
    expect([verify(offCurve), verify(noPoint), verify(new Uint8Array())]).toEqual([false, false, false]);
    expect([verify(compressed, new Uint8Array(8)), verify(compressed, signature, utf8Bytes("other"))]).toEqual([
      false,
      false,
    ]);
  });
});
