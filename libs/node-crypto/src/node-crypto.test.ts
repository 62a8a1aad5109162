import { createSign, generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { verifyEcdsaSha256 } from "./ecdsa.ts";
import { constantTimeEqual, hmacSha256, sha256, sha256Hex } from "./hash.ts";
import { randomId, uuid } from "./ids.ts";
import { signToken, verifyToken } from "./join-token.ts";
import { LruCache } from "./lru-cache.ts";

describe("hash", () => {
  it("gives the published digest of abc, as hex and as bytes, from text and from bytes", () => {
    const expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"; // FIPS 180-4 example
    expect(sha256Hex("abc")).toBe(expected);
    expect(Buffer.from(sha256(Buffer.from("abc"))).toString("hex")).toBe(expected);
  });

  it("computes the published HMAC of RFC 4231 test case 2", () => {
    const expected = Buffer.from("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843", "hex");
    expect(hmacSha256("Jefe", "what do ya want for nothing?")).toBe(expected.toString("base64url"));
  });

  it("compares texts of any length", () => {
    expect(constantTimeEqual("secret", "secret")).toBe(true);
    expect(constantTimeEqual("secret", "secreT")).toBe(false);
    expect(constantTimeEqual("secret", "secret ")).toBe(false);
    expect(constantTimeEqual("", "")).toBe(true);
  });
});

describe("ids", () => {
  it("makes version 4 UUIDs and legal channel ids, never the same twice", () => {
    expect(uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(randomId()).toMatch(/^[A-Za-z0-9_-]{22}$/);
    expect(new Set(Array.from({ length: 1000 }, () => randomId())).size).toBe(1000);
  });
});

describe("verifyEcdsaSha256", () => {
  const pair = generateKeyPairSync("ec", { namedCurve: "secp256k1" });
  const message = Buffer.from('{"payload":"x"}');
  const signature = createSign("sha256").update(message).sign(pair.privateKey);
  const uncompressed = pair.publicKey.export({ format: "der", type: "spki" }).subarray(-65);
  const compressed = compress(uncompressed);

  it("accepts a signature by a compressed or an uncompressed key, again from the cache", () => {
    for (let i = 0; i < 2; i++) {
      expect(verifyEcdsaSha256(message, signature, compressed)).toBe(true);
      expect(verifyEcdsaSha256(message, signature, uncompressed)).toBe(true);
    }
  });

  it("accepts high S", () => {
    expect(verifyEcdsaSha256(message, withOtherS(signature), compressed)).toBe(true);
  });

  it("refuses another message, another key, a changed signature", () => {
    const other = generateKeyPairSync("ec", { namedCurve: "secp256k1" })
      .publicKey.export({ format: "der", type: "spki" })
      .subarray(-65);
    const changed = Buffer.from(signature);
    changed[20] = (changed[20] as number) ^ 1;
    expect(verifyEcdsaSha256(Buffer.from("other"), signature, compressed)).toBe(false);
    expect(verifyEcdsaSha256(message, signature, other)).toBe(false);
    expect(verifyEcdsaSha256(message, changed, compressed)).toBe(false);
  });

  it("says false, and does not throw, for what is no key or no signature", () => {
    const offCurve = Buffer.concat([Buffer.from([4]), Buffer.alloc(64, 1)]);
    for (const key of [
      Buffer.alloc(0),
      Buffer.alloc(33),
      Buffer.alloc(33, 2).fill(255, 1),
      offCurve,
      Buffer.alloc(70, 3),
    ]) {
      expect(verifyEcdsaSha256(message, signature, key)).toBe(false);
    }
    for (const bytes of [Buffer.alloc(0), Buffer.from("nonsense"), signature.subarray(0, 10)]) {
      expect(verifyEcdsaSha256(message, bytes, compressed)).toBe(false);
    }
  });

  function compress(point: Uint8Array): Uint8Array {
    const odd = ((point[64] as number) & 1) === 1;
    return Buffer.concat([Buffer.from([odd ? 3 : 2]), point.subarray(1, 33)]);
  }

  /** The same signature with n - s: valid, but not in the low form that Bitcoin relays. */
  function withOtherS(der: Uint8Array): Buffer {
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    const rEnd = 4 + (der[3] as number);
    const s = BigInt(`0x${Buffer.from(der.subarray(rEnd + 2)).toString("hex")}`);
    const hex = (order - s).toString(16).padStart(64, "0");
    const flipped = Buffer.from(/^[89a-f]/.test(hex) ? `00${hex}` : hex.replace(/^(00(?=[0-7]))+/, ""), "hex");
    const body = Buffer.concat([der.subarray(2, rEnd), Buffer.from([2, flipped.length]), flipped]);
    return Buffer.concat([Buffer.from([0x30, body.length]), body]);
  }
});

describe("join token", () => {
  const secret = "a secret of the operator";
  const nowMs = 1_700_000_000_000;

  it("grants its role on its channel, before its end", () => {
    const token = signToken(secret, { channelId: "inv-1", role: "merchant", expiresAtMs: nowMs + 1 });
    expect(verifyToken([secret], "inv-1", token, nowMs)).toEqual({
      valid: true,
      role: "merchant",
      expiresAtMs: nowMs + 1,
      secretIndex: 0,
    });
    expect(verifyToken([secret], "inv-1", token, nowMs + 1)).toEqual({ valid: false, reason: "expired" });
  });

  it("never ends when no end was given", () => {
    const token = signToken(secret, { channelId: "inv-1", role: "customer" });
    expect(verifyToken([secret], "inv-1", token, Number.MAX_SAFE_INTEGER)).toMatchObject({
      valid: true,
      role: "customer",
      expiresAtMs: null,
    });
  });

  it("refuses another channel, another secret, another role, another end", () => {
    const token = signToken(secret, { channelId: "inv-1", role: "customer", expiresAtMs: nowMs + 1 });
    const wrong = { valid: false, reason: "wrongSignature" };
    expect(verifyToken([secret], "inv-2", token, nowMs)).toEqual(wrong);
    expect(verifyToken(["other"], "inv-1", token, nowMs)).toEqual(wrong);
    expect(verifyToken([secret], "inv-1", token.replace("customer", "merchant"), nowMs)).toEqual(wrong);
    expect(verifyToken([secret], "inv-1", token.replace(/\.\d+\./, ".0."), nowMs)).toEqual(wrong);
  });

  it("takes what either of two secrets signed, so that one can follow the other", () => {
    const old = signToken(secret, { channelId: "inv-1", role: "customer" });
    const next = signToken("the next secret", { channelId: "inv-1", role: "customer" });
    const verdicts = [next, old].map((token) => verifyToken(["the next secret", secret], "inv-1", token, nowMs));
    expect(verdicts).toMatchObject([{ secretIndex: 0 }, { secretIndex: 1 }]);
    expect(verifyToken(["the next secret"], "inv-1", old, nowMs)).toMatchObject({ valid: false });
    expect(verifyToken([], "inv-1", old, nowMs)).toMatchObject({ valid: false });
  });

  it("refuses what is no token", () => {
    for (const text of ["", "x", "admin.0.aaaa", `merchant.0.${"a".repeat(42)}`, `merchant.01.${"a".repeat(43)}`]) {
      expect(verifyToken([secret], "inv-1", text, nowMs)).toEqual({ valid: false, reason: "malformed" });
    }
  });
});

describe("LruCache", () => {
  it("forgets what was used longest ago", () => {
    const cache = new LruCache<string, number>(2);
    cache.set("a", 1);
    cache.set("b", 2);
    cache.get("a");
    cache.set("c", 3);
    expect([cache.get("a"), cache.get("b"), cache.get("c"), cache.size]).toEqual([1, undefined, 3, 2]);
  });
});
