import { PrivateKey } from "@bsv/sdk";
import { describe, expect, it } from "vitest";
import { isSpvError } from "./errors.ts";
import { answerFromKnown } from "./fixtures/known-headers.ts";
import { loadVectors, type VectorCase } from "./fixtures/vectors.ts";
import { judgeHeader } from "./judge-header.ts";
import { verifyProofCallback } from "./proof-callback.ts";
import { sdkCrypto } from "./sdk-crypto.ts";
import { signEnvelope } from "./sign-envelope.ts";
import { envelopeBody } from "./testing.ts";
import { parseStrictJsonObject } from "./strict-json.ts";
import { type SignaturePolicy, trustedKeys, VERIFY_IF_SIGNED } from "./verify-envelope.ts";

const vectors = loadVectors("envelopes");

function verdictOf(testCase: VectorCase, headerPolicy: "accept-unknown" | "require"): string {
  try {
    const result = verifyProofCallback(envelopeBody(testCase.input), {
      expectedTxid: testCase.input.path.txid,
      policy: VERIFY_IF_SIGNED,
      crypto: sdkCrypto,
    });
    // The vectors look at the proof path alone; there a notice of a double spend is not a proof.
    if (result.kind === "double-spend") return "reject";
    const verdict = judgeHeader(result.claim, answerFromKnown(result.claim, vectors.headers), headerPolicy);
    return { verified: "accept", received: "received", refused: "reject", "retry-later": "needs-header" }[verdict.kind];
  } catch (error) {
    if (isSpvError(error)) return error.httpStatus === 413 ? "too-large" : "reject";
    throw error;
  }
}

describe("verifyProofCallback", () => {
  it.each(vectors.cases as VectorCase[])("envelope vector $name", (testCase) => {
    const expected = testCase.expected;
    const byDefault = verdictOf(testCase, "accept-unknown");
    const required = verdictOf(testCase, "require");
    if (testCase.name === "seed-example-as-printed" || expected.verdict === "needs-header") {
      expect([byDefault, required]).toEqual(["received", "needs-header"]);
    } else {
      const verdict = expected.http === 413 ? "too-large" : expected.verdict;
      expect([byDefault, required]).toEqual([verdict, verdict]);
    }
  });

  const accepted = (vectors.cases as VectorCase[]).find((each) => each.name === "object-payload-header-target");
  const { path, envelope } = accepted!.input;
  const verify = (policy: Parameters<typeof verifyProofCallback>[1]["policy"], body: unknown) =>
    verifyProofCallback(JSON.stringify(body), { expectedTxid: path.txid, policy, crypto: sdkCrypto });

  it("refuses an unsigned envelope when a signature is required", () => {
    const unsigned = { ...envelope, signature: null, publicKey: null };
    expect(verify(VERIFY_IF_SIGNED, unsigned).signer).toBeNull();
    expect(() => verify({ kind: "require" }, unsigned)).toThrow(
      expect.objectContaining({ code: "SPV_ENVELOPE_UNSIGNED" }),
    );
  });

  it("reads two empty texts as unsigned, and one as wrong", () => {
    expect(verify(VERIFY_IF_SIGNED, { ...envelope, signature: "", publicKey: "" }).form).toBe("unsigned");
    for (const member of ["signature", "publicKey"]) {
      for (const half of [envelope, { ...envelope, signature: null, publicKey: null }]) {
        expect(() => verify(VERIFY_IF_SIGNED, { ...half, [member]: "" })).toThrow(/signature|publicKey/);
      }
    }
  });

  it("accepts only listed keys under trusted-keys", () => {
    const trusting = (key: string) => ({ kind: "trusted-keys" as const, publicKeys: new Set([key]) });
    expect(verify(trusting(envelope.publicKey), envelope).signer).toBe(envelope.publicKey);
    expect(() => verify(trusting(`02${"11".repeat(32)}`), envelope)).toThrow(
      expect.objectContaining({ code: "SPV_PUBLIC_KEY_NOT_TRUSTED" }),
    );
  });

  it("reports a double spend attempt as a notice with the other transaction", () => {
    const notice = (vectors.cases as VectorCase[]).find((each) => each.name === "double-spend-attempt");
    const result = verify(VERIFY_IF_SIGNED, notice!.input.envelope);
    expect(result).toMatchObject({ kind: "double-spend", callback: { reason: "doubleSpendAttempt" } });
    expect(result.kind === "double-spend" && result.callback.doubleSpendTxid).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([0, -1, null, "", 1105.5])("takes the height %j for one that was not set", (blockHeight) => {
    const payload = JSON.stringify({ ...JSON.parse(envelope.payload), minerId: "", blockHeight });
    const result = verify({ kind: "require" }, JSON.parse(signEnvelope(payload, "11".repeat(32))));
    expect(result.kind === "merkle-proof" && result.claim.blockHeight).toBeUndefined();
  });

  it("verifies what signEnvelope made", () => {
    const payload = JSON.stringify({ ...JSON.parse(envelope.payload), minerId: "" });
    const result = verify({ kind: "require" }, JSON.parse(signEnvelope(payload, "11".repeat(32))));
    expect(result.form).toBe("exact");
  });

  it.each([
    ["payload twice", (text: string) => text.replace("{", '{"payload":"x",'), "SPV_JSON_DUPLICATE_MEMBER"],
    ["payload twice by case", (text: string) => text.replace("{", '{"Payload":"x",'), "SPV_JSON_DUPLICATE_MEMBER"],
    [
      "payload twice by escape",
      (text: string) => text.replace("{", '{"p\\u0061yload":"x",'),
      "SPV_JSON_DUPLICATE_MEMBER",
    ],
    [
      "__proto__ twice",
      (text: string) => text.replace("{", '{"__proto__":{},"__proto__":{},'),
      "SPV_JSON_DUPLICATE_MEMBER",
    ],
  ])("refuses a body with %s", (_, change, code) => {
    const body = change(JSON.stringify(envelope));
    const options = { expectedTxid: path.txid, policy: VERIFY_IF_SIGNED, crypto: sdkCrypto };
    expect(() => verifyProofCallback(body, options)).toThrow(expect.objectContaining({ code }));
  });

  it.each(["__proto__", "constructor", "prototype", "hasOwnProperty", "toString", ""])(
    "takes a signed payload with a member %j, which changes nothing",
    (name) => {
      const member = `"${name}":{"callbackReason":"doubleSpend","polluted":true}`;
      const callbackPayload = `{${member},${JSON.stringify(JSON.parse(envelope.payload).callbackPayload).slice(1)}`;
      const payload = `{${member},${JSON.stringify({ ...JSON.parse(envelope.payload), minerId: "", callbackPayload: 0 })
        .slice(1)
        .replace('"callbackPayload":0', `"callbackPayload":${callbackPayload}`)}`;
      const body = JSON.parse(signEnvelope(payload, "11".repeat(32)));
      expect(verify({ kind: "require" }, body)).toMatchObject({ kind: "merkle-proof", form: "exact" });
      expect(Object.keys(parseStrictJsonObject(payload, "payload"))).toContain(JSON.parse(`"${name}"`));
      expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
      // The form that was signed may have been another one: nothing of it may be lost either.
      const escaped = payload.replace(callbackPayload, JSON.stringify(callbackPayload));
      const { signature, publicKey } = JSON.parse(signEnvelope(escaped, "11".repeat(32)));
      expect(verify({ kind: "require" }, { ...body, signature, publicKey }).form).toBe("reescaped");
    },
  );
});

describe("the key that signed", () => {
  const key = PrivateKey.fromHex("11".repeat(32)).toPublicKey();
  const compressed = key.toString();
  const uncompressed = Buffer.from(key.encode(false) as number[]).toString("hex");
  const hybrid = `${compressed.startsWith("02") ? "06" : "07"}${uncompressed.slice(2)}`;
  const accepted = (vectors.cases as VectorCase[]).find((each) => each.name === "hash-target-default")!.input;
  const verify = (publicKey: string, minerId: string, policy: SignaturePolicy = { kind: "require" }) => {
    const payload = JSON.stringify({ ...JSON.parse(accepted.envelope.payload), minerId });
    const body = JSON.stringify({ ...JSON.parse(signEnvelope(payload, "11".repeat(32))), publicKey });
    return verifyProofCallback(body, { expectedTxid: accepted.path.txid, policy, crypto: sdkCrypto }).signer;
  };

  const encodings = [
    ["compressed", compressed],
    ["uncompressed", uncompressed],
    ["hybrid", hybrid],
    ["in capitals", uncompressed.toUpperCase()],
  ] as const;

  it.each(encodings)("may be %s, and is the same key in each encoding", (_, encoded) => {
    for (const [, other] of encodings) {
      expect(verify(encoded, other)).toBe(compressed);
      expect(verify(encoded, "", trustedKeys([other]))).toBe(compressed);
    }
  });

  it.each([
    ["a hybrid whose prefix is the other y's", `${hybrid.startsWith("06") ? "07" : "06"}${uncompressed.slice(2)}`],
    ["the right x with another y", `${uncompressed.slice(0, -2)}${uncompressed.endsWith("00") ? "02" : "00"}`],
    ["of a prefix that is not defined", `05${uncompressed.slice(2)}`],
    ["uncompressed and cut short", uncompressed.slice(0, -2)],
    ["the point at infinity", "00"],
  ])("is refused when it is %s", (_, encoded) => {
    expect(() => verify(encoded, "")).toThrow(expect.objectContaining({ code: "SPV_PUBLIC_KEY_MALFORMED" }));
  });
});
