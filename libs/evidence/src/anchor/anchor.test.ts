import { sdkCrypto } from "@p4/spv";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ChannelHead } from "../evidence-contents.ts";
import { operatorKey, startMs } from "../fixtures/paid-channel.ts";
import { anchorProof, anchorProofFault, anchorProofs, type AnchorProof } from "./anchor.ts";
import { createAnchor } from "./create-anchor.ts";
import { readAnchor } from "./read-anchor.ts";

// The same cases on every machine.
fc.configureGlobal({ seed: 20_261_129 });

function headsOf(count: number): ChannelHead[] {
  return Array.from({ length: count }, (_, index) => ({
    channelId: `inv${index}`,
    streamVersion: index * 7,
    headHash: index.toString(16).padStart(64, "0"),
  }));
}

function anchorText(heads: readonly ChannelHead[]): string {
  return createAnchor({ heads, anchoredAtMs: startMs, operatorPrivateKeyHex: operatorKey });
}

describe("an anchor", () => {
  test("given heads in any order, then the file is the same and every head can be proved", () => {
    for (const count of [1, 2, 3, 4, 5, 8, 9, 31]) {
      const text = anchorText(headsOf(count));
      expect(anchorText(headsOf(count).reverse())).toBe(text);
      const prove = anchorProofs(readAnchor(text), sdkCrypto);
      for (const { channelId } of headsOf(count)) {
        const proof = prove(channelId);
        expect(proof === null ? "none" : anchorProofFault(proof, sdkCrypto)).toBeNull();
      }
      expect(prove("other")).toBeNull();
    }
  });

  test("given a proof with anything changed, then it does not hold", () => {
    const anchor = readAnchor(anchorText(headsOf(7)));
    const proof = anchorProof(anchor, "inv5", sdkCrypto) as AnchorProof;
    const changes: AnchorProof[] = [
      { ...proof, head: { ...proof.head, streamVersion: 1 } },
      { ...proof, head: { ...proof.head, channelId: "inv6" } },
      { ...proof, index: proof.index + 1 },
      { ...proof, index: proof.index + 8 },
      { ...proof, path: proof.path.slice(1) },
      { ...proof, path: [...proof.path, "00".repeat(32)] },
      { ...proof, path: proof.path.with(0, "00".repeat(32)) },
      { ...proof, signedRoot: { ...proof.signedRoot, root: "00".repeat(32) } },
      { ...proof, signedRoot: { ...proof.signedRoot, anchoredAtMs: 1 } },
    ];
    for (const changed of changes) expect(anchorProofFault(changed, sdkCrypto)).not.toBeNull();
  });

  test("given any byte changed, then reading names a line", () => {
    const bytes = new TextEncoder().encode(anchorText(headsOf(5)));
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, add) => {
        const touched = bytes.slice();
        touched[at] = ((touched[at] as number) + add) & 0xff;
        expect(() => readAnchor(touched)).toThrow(/\(line \d+: |newer version/);
      }),
      { numRuns: 300 },
    );
  });

  test("given a head left out of a whole file, then the root is wrong", () => {
    const lines = anchorText(headsOf(3)).split("\n");
    expect(() => readAnchor(lines.toSpliced(2, 1).join("\n"))).toThrow("the end line counts 4 lines");
    expect(() => readAnchor(lines.slice(0, 3).join("\n"))).toThrow("half-written");
  });

  test("given input that breaks a rule, then the member is named", () => {
    const [head] = headsOf(1) as [ChannelHead];
    expect(() => anchorText([])).toThrow("at least one channel");
    expect(() => anchorText([head, head])).toThrow("inv0 is named twice");
    expect(() => anchorText([{ ...head, channelId: "a b" }])).toThrow("channelId: must be");
    expect(() => anchorText([{ ...head, headHash: "AA" }])).toThrow("headHash of inv0");
    expect(() => anchorText([{ ...head, streamVersion: -1 }])).toThrow("streamVersion of inv0");
    const badKey = { heads: [head], anchoredAtMs: 0, operatorPrivateKeyHex: "00".repeat(32) };
    expect(() => createAnchor(badKey)).toThrow(expect.objectContaining({ code: "EVIDENCE_KEY_INVALID" }) as Error);
  });
});
