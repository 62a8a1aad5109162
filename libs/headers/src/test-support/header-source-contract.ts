import type { HeaderSource } from "@p4/spv";
import { expect, it } from "vitest";
import type { ServedBlock } from "./header-server.ts";

/** What a source is to know: some blocks, and how high its chain is. */
export interface KnownChain {
  readonly blocks: ServedBlock[];
  readonly tip: number;
}

const merkleRoot = "ab".repeat(32);
const otherRoot = "cd".repeat(32);
const block: ServedBlock = { hash: "12".repeat(32), merkleRoot, height: 100, state: "LONGEST_CHAIN" };

/** What every source of headers answers, whatever it looks blocks up by. */
export function headerSourceContract(sourceOf: (chain: KnownChain) => Promise<HeaderSource>): void {
  const lookup = async (chain: KnownChain, claim: Parameters<HeaderSource["lookup"]>[0]) =>
    (await sourceOf(chain)).lookup(claim);

  it("confirms a root at its height", async () => {
    const answer = await lookup({ blocks: [block], tip: 100 }, { merkleRoot, blockHeight: 100 });
    expect(answer).toMatchObject({ kind: "confirmed", blockHeight: 100 });
  });

  it("contradicts another root at a height that is settled", async () => {
    const answer = await lookup({ blocks: [block], tip: 106 }, { merkleRoot: otherRoot, blockHeight: 100 });
    expect(answer).toMatchObject({ kind: "contradicted", reason: expect.stringContaining("another Merkle root") });
  });

  it("contradicts it under the name of an unknown block too", async () => {
    const claim = { merkleRoot: otherRoot, blockHash: "34".repeat(32), blockHeight: 100 };
    expect(await lookup({ blocks: [block], tip: 106 }, claim)).toMatchObject({ kind: "contradicted" });
  });

  it("does not judge another root at a height that a fork could still change", async () => {
    const answer = await lookup({ blocks: [block], tip: 105 }, { merkleRoot: otherRoot, blockHeight: 100 });
    expect(answer).toEqual({ kind: "unknown" });
  });

  it("does not know a height above its tip", async () => {
    const answer = await lookup({ blocks: [], tip: 100 }, { merkleRoot, blockHeight: 2_000 });
    expect(answer).toEqual({ kind: "unknown" });
  });

  it("does not know a root that it has not, in a claim that names neither block nor height", async () => {
    expect(await lookup({ blocks: [], tip: 100 }, { merkleRoot: otherRoot })).toEqual({ kind: "unknown" });
  });
}
