import { describe, expect, test } from "vitest";
import { checksOf } from "../fixtures/checks-of.ts";
import { evidenceOf, merchantKey, operatorKey, settledChannel } from "../fixtures/paid-channel.ts";
import { publicKeyOf } from "../signing.ts";
import { verifyEvidence } from "../verify-evidence.ts";

const settled = evidenceOf(settledChannel());

describe("the key that signed", () => {
  test("given no key to compare, then a key signed it, and that it is the operator's is not proved", () => {
    expect(verifyEvidence(settled).verdict).toBe("unknown-key");
    expect(checksOf(settled)("SIGNATURE")).toEqual([["ok", expect.stringMatching(/^A key signed .*It is 0[23]/)]]);
    expect(checksOf(settled)("OPERATOR_KEY")).toEqual([["not-proved", expect.stringContaining("Whose key")]]);
  });

  test("given keys that are known, then it holds with one of them, and with another none has said that it is his", () => {
    const knownKeys = [publicKeyOf(merchantKey), publicKeyOf(operatorKey)];
    expect(verifyEvidence(settled, { knownKeys }).verdict).toBe("holds");
    expect(verifyEvidence(settled, { knownKeys: knownKeys.slice(0, 1) }).verdict).toBe("unknown-key");
    // Keys that are named for this file stand alone.
    expect(verifyEvidence(settled, { knownKeys, trustedKeys: knownKeys.slice(0, 1) }).verdict).toBe("fails");
  });

  test("given the same history, rewritten and signed by another key, then it does not hold", () => {
    const forgery = evidenceOf(settledChannel(), { operatorPrivateKeyHex: merchantKey });
    const knownKeys = [publicKeyOf(operatorKey)];
    expect(verifyEvidence(forgery, { knownKeys })).toMatchObject({ verdict: "unknown-key" });
    expect(checksOf(forgery, { knownKeys })("OPERATOR_KEY")).toEqual([
      ["not-proved", expect.stringContaining(`Whose key ${publicKeyOf(merchantKey)} is`)],
    ]);
  });

  test("given another key than the trusted one, then it fails", () => {
    const report = verifyEvidence(settled, { trustedKeys: [publicKeyOf(merchantKey)] });
    expect(report.verdict).toBe("fails");
    expect(report.checks.find(({ status }) => status === "failed")?.code).toBe("OPERATOR_KEY");
  });
});
