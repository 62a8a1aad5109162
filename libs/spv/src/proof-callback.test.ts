import { describe, expect, it } from "vitest";
import { isSpvError } from "./errors.ts";
import { answerFromKnown } from "./fixtures/known-headers.ts";
import { loadVectors, type VectorCase } from "./fixtures/vectors.ts";
import { judgeHeader } from "./judge-header.ts";
import { verifyProofCallback } from "./proof-callback.ts";
import { sdkCrypto } from "./sdk-crypto.ts";
import { signEnvelope } from "./sign-envelope.ts";
import { envelopeBody } from "./testing.ts";
import { VERIFY_IF_SIGNED } from "./verify-envelope.ts";

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
    ["__proto__", (text: string) => text.replace("{", '{"__proto__":{},'), "SPV_JSON_FORBIDDEN_MEMBER"],
  ])("refuses a body with %s", (_, change, code) => {
    const body = change(JSON.stringify(envelope));
    const options = { expectedTxid: path.txid, policy: VERIFY_IF_SIGNED, crypto: sdkCrypto };
    expect(() => verifyProofCallback(body, options)).toThrow(expect.objectContaining({ code }));
  });
});
