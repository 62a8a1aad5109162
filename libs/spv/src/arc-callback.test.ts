import { describe, expect, it } from "vitest";
import { parseArcCallbacks } from "./arc-callback.ts";
import { isSpvError } from "./errors.ts";
import { loadVectors, type VectorCase } from "./fixtures/vectors.ts";
import { sdkCrypto } from "./sdk-crypto.ts";

const vectors = loadVectors("dpp-messages");
const arcCases = (vectors.cases as VectorCase[]).filter((each) => each.group === "arc");
const kindsOf = (body: unknown): string[] =>
  parseArcCallbacks(JSON.stringify(body), sdkCrypto).map((callback) => callback.kind);

describe("ARC callbacks", () => {
  it.each(arcCases)("vector $name", ({ input, expected }) => {
    let verdict: string;
    try {
      const [callback] = parseArcCallbacks(JSON.stringify(input.body), sdkCrypto);
      // The URL names the transaction, so a callback about another one is refused there.
      const isOurs = callback?.txid === input.path.txid;
      verdict = !isOurs ? "reject" : callback?.kind === "mined" ? "proof" : "no-proof";
      if (callback?.kind === "mined" && isOurs) expect(callback.proven.merkleRoot).toBe(expected.merkleRoot);
    } catch (error) {
      if (!isSpvError(error)) throw error;
      verdict = "reject";
    }
    expect(verdict).toBe(expected.verdict);
  });

  it.each([
    ["single", ["mined"]],
    ["seen", ["status"]],
    ["doubleSpend", ["double-spend"]],
    ["rejected", ["rejected"]],
    ["stale", ["stale"]],
    ["minedAfterReorg", ["mined"]],
    ["batch", ["status", "mined"]],
  ])("reads the %s sample", (name, kinds) => {
    expect(kindsOf(vectors.arcCallbacks[name])).toEqual(kinds);
  });

  it("names the competing transactions", () => {
    const [callback] = parseArcCallbacks(JSON.stringify(vectors.arcCallbacks.doubleSpend), sdkCrypto);
    expect(callback).toMatchObject({ competingTxids: vectors.arcCallbacks.doubleSpend.competingTxs });
  });

  it("refuses a batch whose count is not its length", () => {
    expect(() => kindsOf({ ...vectors.arcCallbacks.batch, count: 3 })).toThrow(/count/);
  });
});
