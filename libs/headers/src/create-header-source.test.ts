import type { HeaderSource } from "@p4/spv";
import { describe, expect, it, vi } from "vitest";
import { createHeaderSource } from "./create-header-source.ts";
import { headerSourceContract } from "./test-support/header-source-contract.ts";
import { withHeaderServer } from "./test-support/header-server.ts";

const server = withHeaderServer();
const merkleRoot = "ab".repeat(32);
const otherRoot = "cd".repeat(32);
const blockHash = "12".repeat(32);

/** WhatsOnChain's client has its address built in: its requests are led to the local server. */
const led: typeof fetch = (url, options) =>
  fetch((url as string).replace("https://api.whatsonchain.com", server.url), options);

const sources: Record<"miner" | "bhs" | "woc", (timeoutMs?: number) => HeaderSource> = {
  miner: (timeoutMs = 5_000) => createHeaderSource({ kind: "miner", url: server.url }, { timeoutMs }),
  bhs: (timeoutMs = 5_000) => createHeaderSource({ kind: "bhs", url: server.url }, { timeoutMs }),
  woc: (timeoutMs = 5_000) => createHeaderSource({ kind: "woc", network: "test" }, { timeoutMs, fetch: led }),
};

describe.each(["miner", "bhs", "woc"] as const)("%s", (kind) => {
  const lookup = (claim: Parameters<HeaderSource["lookup"]>[0]) => sources[kind]().lookup(claim);

  headerSourceContract(async (chain) => {
    Object.assign(server, chain);
    return sources[kind]();
  });

  it.each(["error", "nonsense"] as const)(
    "is unavailable, and does not reject, when the service has trouble: %s",
    async (trouble) => {
      server.trouble = trouble;
      const answer = await lookup({ merkleRoot, blockHash, blockHeight: 100 });
      expect(answer).toMatchObject({ kind: "unavailable", reason: expect.stringMatching(/^header source: ./) });
    },
  );

  it("is unavailable when the service does not answer in time", async () => {
    server.trouble = "hang";
    expect(await sources[kind](30).lookup({ merkleRoot, blockHash, blockHeight: 1 })).toMatchObject({
      kind: "unavailable",
    });
    // The connection is given up too: a service that hangs must not collect our sockets.
    await vi.waitUntil(() => server.abandoned > 0);
  });
});

describe("miner, by the block's hash", () => {
  const lookup = (claim: Parameters<HeaderSource["lookup"]>[0]) => sources.miner().lookup(claim);
  const claim = { merkleRoot, blockHash, blockHeight: 7 };

  it("confirms a block of the longest chain, with the height that the chain gives it", async () => {
    server.blocks = [{ hash: blockHash, merkleRoot, height: 100, state: "LONGEST_CHAIN" }];
    expect(await lookup(claim)).toEqual({ kind: "confirmed", blockHash, blockHeight: 100 });
  });

  it("contradicts another root, whatever the chain", async () => {
    server.blocks = [{ hash: blockHash, merkleRoot: otherRoot, height: 100, state: "STALE" }];
    expect(await lookup(claim)).toMatchObject({ kind: "contradicted" });
  });

  it("does not confirm a stale block", async () => {
    server.blocks = [{ hash: blockHash, merkleRoot, height: 100, state: "STALE" }];
    expect(await lookup(claim)).toEqual({ kind: "unknown" });
  });

  it("does not know a block that it has not seen", async () => {
    expect(await lookup(claim)).toEqual({ kind: "unknown" });
  });
});

describe("none", () => {
  it("knows no block", async () => {
    const source = createHeaderSource({ kind: "none" }, { timeoutMs: 1 });
    expect(await source.lookup({ merkleRoot, blockHash, blockHeight: 1 })).toEqual({ kind: "unknown" });
  });
});

describe("all, behind the cache", () => {
  const claim = { merkleRoot, blockHash };

  it("asks once for many proofs of one block", async () => {
    server.blocks = [{ hash: blockHash, merkleRoot, height: 100, state: "LONGEST_CHAIN" }];
    const source = sources.miner();
    const answers = await Promise.all([source.lookup(claim), source.lookup(claim)]);
    expect([...answers, await source.lookup(claim)].map(({ kind }) => kind)).toEqual(Array(3).fill("confirmed"));
    expect(server.requests).toHaveLength(1);
  });

  it("asks again for an unknown block after a second", async () => {
    let nowMs = 0;
    const source = createHeaderSource({ kind: "miner", url: server.url }, { timeoutMs: 5_000, nowMs: () => nowMs });
    await source.lookup(claim);
    server.blocks = [{ hash: blockHash, merkleRoot, height: 100, state: "LONGEST_CHAIN" }];
    nowMs = 999;
    expect(await source.lookup(claim)).toEqual({ kind: "unknown" });
    nowMs = 1_001;
    expect(await source.lookup(claim)).toMatchObject({ kind: "confirmed" });
  });

  it("asks again for a confirmed block after a while: the chain may have left it", async () => {
    let nowMs = 0;
    const source = createHeaderSource({ kind: "miner", url: server.url }, { timeoutMs: 5_000, nowMs: () => nowMs });
    server.blocks = [{ hash: blockHash, merkleRoot, height: 100, state: "LONGEST_CHAIN" }];
    await source.lookup(claim);
    server.blocks = [{ hash: blockHash, merkleRoot, height: 100, state: "STALE" }];
    nowMs = 299_000;
    expect(await source.lookup(claim)).toMatchObject({ kind: "confirmed" });
    nowMs = 301_000;
    expect(await source.lookup(claim)).toEqual({ kind: "unknown" });
  });
});
