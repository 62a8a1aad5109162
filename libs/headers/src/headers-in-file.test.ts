import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHeaderSource } from "./create-header-source.ts";
import { parseHeaderLine } from "./header-file.ts";
import { headerSourceContract } from "./test-support/header-source-contract.ts";

/** Bitcoin's first two blocks. */
const genesis =
  "0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c";
const second =
  "010000006fe28c0ab6f1b372c1a6a246ae63f74f931e8365e15a089c68d6190000000000982051fd1e4ba744bbbe680e1fee14677ba1a3c3540bf7b1cdb606e857233e0e61bc6649ffff001d01e36299";
const genesisHash = "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f";
const genesisRoot = "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b";
const secondRoot = "0e3e2357e806b6cdb1f70b54c3a3a17b6714ee1f0e68bebb44a74b1efd512098";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "p4-headers-"));
});
afterAll(() => rm(dir, { recursive: true }));

async function fileOf(text: string): Promise<string> {
  const path = join(dir, `${Math.random().toString(36).slice(2)}.txt`);
  await writeFile(path, text);
  return path;
}

/** The file has a header for each block, and one at the tip. */
const lineOf = ({ merkleRoot, height }: { merkleRoot: string; height: number }): string =>
  `00000020${"00".repeat(32)}${Buffer.from(merkleRoot, "hex").reverse().toString("hex")}${"00".repeat(12)} ${height}`;

describe("a file of headers", () => {
  headerSourceContract(async ({ blocks, tip }) => {
    const path = await fileOf([...blocks, { merkleRoot: "77".repeat(32), height: tip }].map(lineOf).join("\n"));
    return createHeaderSource({ kind: "file", path }, { timeoutMs: 5_000 });
  });

  it("may hold both sides of a fork", async () => {
    const sides = ["11", "22"].map((byte) => ({ merkleRoot: byte.repeat(32), height: 100 }));
    const path = await fileOf([...sides, { merkleRoot: "77".repeat(32), height: 200 }].map(lineOf).join("\n"));
    const source = createHeaderSource({ kind: "file", path }, { timeoutMs: 5_000 });
    for (const { merkleRoot } of sides) {
      expect(await source.lookup({ merkleRoot, blockHeight: 100 })).toMatchObject({ kind: "confirmed" });
    }
    expect(await source.lookup({ merkleRoot: "33".repeat(32), blockHeight: 100 })).toMatchObject({
      kind: "contradicted",
    });
  });

  it("does not judge a height that it leaves out", async () => {
    const path = await fileOf([90, 200].map((height) => lineOf({ merkleRoot: "77".repeat(32), height })).join("\n"));
    const source = createHeaderSource({ kind: "file", path }, { timeoutMs: 5_000 });
    expect(await source.lookup({ merkleRoot: "33".repeat(32), blockHeight: 100 })).toEqual({ kind: "unknown" });
  });

  it("answers by hash and by root, from lines of text and of JSON", async () => {
    const path = await fileOf(`# main network\n\n${genesis} 0\r\n{"header":"${second}","height":1}\n`);
    const source = createHeaderSource({ kind: "file", path }, { timeoutMs: 5_000 });
    expect(await source.lookup({ merkleRoot: genesisRoot, blockHash: genesisHash })).toEqual({
      kind: "confirmed",
      blockHash: genesisHash,
      blockHeight: 0,
    });
    expect(await source.lookup({ merkleRoot: secondRoot })).toMatchObject({ kind: "confirmed", blockHeight: 1 });
    expect(await source.lookup({ merkleRoot: secondRoot, blockHash: genesisHash })).toMatchObject({
      kind: "contradicted",
    });
    expect(await source.lookup({ merkleRoot: "ff".repeat(32) })).toEqual({ kind: "unknown" });
  });

  it("is read again when it changes", async () => {
    let nowMs = 0;
    const path = await fileOf(`${genesis}\n`);
    const source = createHeaderSource({ kind: "file", path }, { timeoutMs: 5_000, nowMs: () => nowMs });
    expect(await source.lookup({ merkleRoot: secondRoot })).toEqual({ kind: "unknown" });
    await writeFile(path, `${genesis}\n${second}\n`);
    nowMs = 1_001;
    expect(await source.lookup({ merkleRoot: secondRoot })).toMatchObject({ kind: "confirmed" });
  });

  it("that is missing or wrong is unavailable, with the place", async () => {
    const missing = createHeaderSource({ kind: "file", path: join(dir, "nowhere") }, { timeoutMs: 5_000 });
    expect(await missing.lookup({ merkleRoot: genesisRoot })).toMatchObject({
      kind: "unavailable",
      reason: expect.stringContaining("ENOENT"),
    });
    const path = await fileOf(`${genesis}\n${genesis} first\n`);
    const wrong = createHeaderSource({ kind: "file", path }, { timeoutMs: 5_000 });
    expect(await wrong.lookup({ merkleRoot: genesisRoot })).toMatchObject({
      kind: "unavailable",
      reason: `header source: ${path}:2: height: must be a whole number from 0`,
    });
  });

  it.each([
    ["too short", genesis.slice(2)],
    ["not hex", `zz${genesis.slice(2)}`],
    ["a negative height", `{"header":"${genesis}","height":-1}`],
    ["no header", `{"height":1}`],
    ["three words", `${genesis} 1 2`],
  ])("refuses a line with %s", (_, line) => {
    expect(() => parseHeaderLine(line)).toThrow(/^(header|height|line): (must be|not hex)/);
  });
});
