import { createSign, generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createNodeCrypto } from "./node-spv-crypto.ts";

describe("createNodeCrypto", () => {
  const crypto = createNodeCrypto();
  const pair = generateKeyPairSync("ec", { namedCurve: "secp256k1" });
  const publicKey = pair.publicKey.export({ format: "der", type: "spki" }).subarray(-65);
  const message = new TextEncoder().encode("payload");
  const signature = createSign("sha256").update(message).sign(pair.privateKey);

  it("verifies the digest that it has just made", () => {
    expect(crypto.verifyEcdsa(crypto.sha256(message), signature, publicKey)).toBe(true);
  });

  it("verifies a digest from elsewhere, and one made before another", () => {
    const digest = crypto.sha256(message);
    crypto.sha256(new TextEncoder().encode("something else"));
    expect(crypto.verifyEcdsa(digest, signature, publicKey)).toBe(true);
  });

  it("does not take the last message for another digest", () => {
    const digest = crypto.sha256(message);
    digest[0] = (digest[0] as number) ^ 1;
    expect(crypto.verifyEcdsa(digest, signature, publicKey)).toBe(false);
    const other = crypto.sha256(new TextEncoder().encode("other"));
    crypto.sha256(message);
    expect(crypto.verifyEcdsa(other, signature, publicKey)).toBe(false);
  });
});
