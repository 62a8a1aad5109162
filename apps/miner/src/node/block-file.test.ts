import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { Blockchain } from "../chain/blockchain.ts";
import { DEVELOPMENT_CHAIN } from "../chain/chain-params.ts";
import type { Coin } from "../chain/transaction.ts";
import { decodeTransaction } from "../routes/decode-submission.ts";
import { spend, walletScript } from "../testing/test-wallet.ts";
import { openBlockFile } from "./block-file.ts";

const NOW = 1_800_000_000;
let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "p4-blocks-"));
  path = join(directory, "chain", "blocks.jsonl");
});
afterEach(() => rmSync(directory, { recursive: true }));

function reload(): Blockchain {
  const chain = new Blockchain(DEVELOPMENT_CHAIN, walletScript);
  openBlockFile(path, decodeTransaction, (block) => void chain.addBlock(block)).close();
  return chain;
}

async function chainWithReorganisation(): Promise<{ chain: Blockchain; txid: string }> {
  const chain = new Blockchain(DEVELOPMENT_CHAIN, walletScript);
  const store = openBlockFile(path, decodeTransaction, () => undefined);
  const satoshis = Number(DEVELOPMENT_CHAIN.genesisAllocation);
  const coin = { txid: chain.tip.transactions[0]?.txid ?? "", vout: 0, satoshis };
  const payment = await spend(coin, [satoshis - 100]);
  chain.submit(payment);
  const results = [chain.mine(NOW), chain.mine(NOW), chain.reorganise(2, NOW)];
  for (const block of results.flatMap(({ blocks }) => blocks)) store.append(block);
  store.close();
  return { chain, txid: payment.txid };
}

function textOfCoin([outpoint, coin]: [string, Coin]): string {
  const script = Buffer.from(coin.lockingScript).toString("hex");
  return `${outpoint} ${coin.satoshis} ${script} ${coin.height} ${coin.isCoinbase}`;
}

test("the chain is the same after a restart, stale branch included", async () => {
  const { chain, txid } = await chainWithReorganisation();
  const reloaded = reload();
  expect(reloaded.tip.hash).toBe(chain.tip.hash);
  expect(reloaded.tip.height).toBe(3);
  expect(reloaded.index.size).toBe(chain.index.size);
  expect(reloaded.minedPosition(txid)?.block.hash).toBe(chain.minedPosition(txid)?.block.hash);
  expect([...reloaded.utxos.entries()].map(textOfCoin)).toEqual([...chain.utxos.entries()].map(textOfCoin));
});

test("a torn last line is cut off, and the next block is written in its place", async () => {
  const { chain } = await chainWithReorganisation();
  const whole = readFileSync(path, "utf8");
  appendFileSync(path, '{"height":4,"hash":"ab');
  const reloaded = reload();
  expect(reloaded.tip.hash).toBe(chain.tip.hash);
  expect(readFileSync(path, "utf8")).toBe(whole);
});

test("any other damage stops the start and names the line", async () => {
  await chainWithReorganisation();
  const lines = readFileSync(path, "utf8").split("\n");
  lines[1] = (lines[1] as string).replace(/"transactions":\["01/, '"transactions":["02');
  writeFileSync(path, lines.join("\n"));
  expect(reload).toThrow(/line 2/);
});
