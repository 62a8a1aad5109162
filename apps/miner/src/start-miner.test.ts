import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "vitest";

import { startTestMiner } from "./testing/miner-client.ts";
import { rawHex, spend } from "./testing/test-wallet.ts";

test("a miner that starts again goes on with its chain: mined coins are known, the faucet pays", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "p4-miner-"));
  try {
    const first = await startTestMiner({ dataDir });
    const coin = await first.faucet(1000);
    await first.post("/dev/mine", { blocks: 3 });
    await first.post("/dev/reorg", { depth: 2 });
    const before = (await first.get("/api/v1/chain/tip/longest")).body;
    await first.miner.close();

    const second = await startTestMiner({ dataDir });
    try {
      expect((await second.get("/api/v1/chain/tip/longest")).body).toEqual(before);
      const answer = await second.postMapi({ rawtx: rawHex(await spend(coin, [900])) });
      expect(answer).toMatchObject({ returnResult: "success" });
      expect(await second.faucet(1000)).toMatchObject({ vout: 0, satoshis: 1000 });
    } finally {
      await second.miner.close();
    }
  } finally {
    rmSync(dataDir, { recursive: true });
  }
});

test("faucet calls at the same time each get their own coin, with a proof", async () => {
  const client = await startTestMiner();
  try {
    const coins = await Promise.all(Array.from({ length: 5 }, () => client.faucet(1000)));
    expect(new Set(coins.map(({ txid }) => txid)).size).toBe(5);
  } finally {
    await client.miner.close();
  }
});

test.each([
  ["/dev/faucet", { satoshis: 1000 }, "address"],
  ["/dev/faucet", { address: "unknown", satoshis: 1000 }, "address"],
  ["/dev/faucet", { script: "5", satoshis: 1000 }, "script"],
  ["/dev/faucet", { script: "51", satoshis: 0.5 }, "satoshis"],
  ["/dev/faucet", { script: "51", satoshis: 1, count: 0 }, "count"],
  ["/dev/mine", { blocks: -1 }, "blocks"],
  ["/dev/mine", { transactions: ["zz"] }, "rawtx"],
  ["/dev/reorg", { depth: 1 }, "depth"],
])("%s with %j is 400 and names %s", async (path, body, field) => {
  const client = await startTestMiner();
  try {
    const answer = await client.post<{ detail: string }>(path, body);
    expect(answer.status).toBe(400);
    expect(answer.body.detail).toContain(field);
  } finally {
    await client.miner.close();
  }
});

test("a port in use rejects the start with a code", async () => {
  const { miner } = await startTestMiner();
  try {
    const port = Number(new URL(miner.url).port);
    await expect(startTestMiner({ port })).rejects.toMatchObject({
      code: "HTTP_ADDRESS_IN_USE",
      message: expect.stringContaining("set P4_MINER_PORT") as string,
    });
  } finally {
    await miner.close();
  }
});
