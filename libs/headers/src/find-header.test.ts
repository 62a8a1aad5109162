import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hexToBytes, parseBlockHeader, sdkCrypto } from "@p4/spv";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findHeader } from "./find-header.ts";

// The first block of the main network.
const header =
  "0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c";
const known = parseBlockHeader(hexToBytes(header, "header"), sdkCrypto);
const serviceHeader = {
  hash: known.hash,
  version: known.version,
  prevBlockHash: known.previousHash,
  merkleRoot: known.merkleRoot,
  creationTimestamp: known.timeSeconds,
  difficultyTarget: known.bits,
  nonce: known.nonce,
};
const chainHeader = {
  version: known.version,
  previousblockhash: known.previousHash,
  merkleroot: known.merkleRoot,
  time: known.timeSeconds,
  bits: "1d00ffff",
  nonce: known.nonce,
  height: 0,
};
const absent = "ab".repeat(32);
const lied = "cd".repeat(32);
const timeoutMs = 5_000;

let server: Server;
let url = "";
let dir = "";
beforeAll(async () => {
  const state = { header: serviceHeader, state: "LONGEST_CHAIN", height: 0 };
  const answers: Record<string, object> = {
    [`/api/v1/chain/header/state/${known.hash}`]: state,
    [`/api/v1/chain/header/state/${lied}`]: state,
    [`/v1/bsv/main/block/${known.hash}/header`]: chainHeader,
    [`/v1/bsv/main/block/${lied}/header`]: chainHeader,
  };
  server = createServer((request, response) => {
    const answer = answers[request.url ?? ""];
    response.writeHead(answer === undefined ? 404 : 200).end(JSON.stringify(answer ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  dir = await mkdtemp(join(tmpdir(), "headers-"));
  await writeFile(join(dir, "headers.txt"), `# main network\n${header} 0\n`);
});
afterAll(async () => {
  server.close();
  await rm(dir, { recursive: true });
});

const sources = {
  miner: (blockHash: string) => findHeader({ kind: "miner", url }, blockHash, { timeoutMs }),
  bhs: (blockHash: string) => findHeader({ kind: "bhs", url }, blockHash, { timeoutMs }),
  woc: (blockHash: string) =>
    findHeader({ kind: "woc", network: "main" }, blockHash, {
      timeoutMs,
      fetch: (address, options) => fetch((address as string).replace("https://api.whatsonchain.com", url), options),
    }),
  file: (blockHash: string) => findHeader({ kind: "file", path: join(dir, "headers.txt") }, blockHash, { timeoutMs }),
};

describe.each(Object.keys(sources) as (keyof typeof sources)[])("a whole header from %s", (kind) => {
  it("is the very 80 bytes of the block, with the height that the source gives", async () => {
    expect(await sources[kind](known.hash)).toEqual({ header, height: 0 });
  });

  it("is null for a block that the source does not know", async () => {
    expect(await sources[kind](absent)).toBeNull();
  });
});

it.each(["miner", "woc"] as const)("another block's header from %s is refused", async (kind) => {
  await expect(sources[kind](lied)).rejects.toThrow(/not its header/);
});
