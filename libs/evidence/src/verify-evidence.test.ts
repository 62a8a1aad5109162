import { describe, expect, test } from "vitest";
import { evidenceOf, settledChannel } from "./fixtures/paid-channel.ts";
import { publicKeyOf } from "./signing.ts";
import { operatorKey } from "./fixtures/paid-channel.ts";
import { verifyEvidence } from "./verify-evidence.ts";

describe("verifyEvidence", () => {
  test("settled", () => {
    const text = evidenceOf(settledChannel());
    const t = performance.now();
    const report = verifyEvidence(text, { trustedKeys: [publicKeyOf(operatorKey)] });
    console.log(performance.now() - t, text.length);
    console.log(report.checks.map((c) => `${c.status} ${c.code} ${c.line ?? ""} ${c.part ?? ""}: ${c.statement}`).join("\n"));
    expect(report.ok).toBe(true);
  });
});
