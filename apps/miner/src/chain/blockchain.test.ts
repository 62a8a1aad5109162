import { beforeEach, describe, expect, test } from "vitest";

import { spend, walletScript, type SpendableCoin } from "../testing/test-wallet.ts";
import { hashHeader, meetsTarget } from "./block-header.ts";
import { Blockchain } from "./blockchain.ts";
import { DEVELOPMENT_CHAIN } from "./chain-params.ts";
import { decodeTransaction } from "../routes/decode-submission.ts";

const NOW = 1_800_000_000;
const ALLOCATION = Number(DEVELOPMENT_CHAIN.genesisAllocation);

let chain: Blockchain;
let genesisCoin: SpendableCoin;

beforeEach(() => {
  chain = new Blockchain(DEVELOPMENT_CHAIN, walletScript);
  const coinbase = chain.tip.transactions[0];
  genesisCoin = { txid: coinbase?.txid ?? "", vout: 0, satoshis: ALLOCATION };
});

function coinOf(txid: string, satoshis: number, vout = 0): SpendableCoin {
  return { txid, vout, satoshis };
}

describe("acceptance", () => {
  test("a valid transaction is accepted once and known after that", async () => {
    const payment = await spend(genesisCoin, [ALLOCATION - 100]);
    expect(chain.submit(payment)).toBe(true);
    expect(chain.submit(payment)).toBe(false);
    chain.mine(NOW);
    expect(chain.submit(payment)).toBe(false);
  });

  test("a child of a waiting transaction is accepted and mined after its parent", async () => {
    const parent = await spend(genesisCoin, [5000, ALLOCATION - 6000]);
    const child = await spend(coinOf(parent.txid, 5000), [4000]);
    chain.submit(parent);
    chain.submit(child);
    const { blocks } = chain.mine(NOW);
    expect(blocks[0]?.transactions.slice(1).map(({ txid }) => txid)).toEqual([parent.txid, child.txid]);
  });

  test.each([
    ["TX_MISSING_INPUTS", () => spend(coinOf("ab".repeat(32), 1000), [900])],
    ["TX_MISSING_INPUTS", () => spend({ ...genesisCoin, vout: 1 }, [900])],
    ["TX_SPENDS_MORE_THAN_INPUTS", () => spend(genesisCoin, [ALLOCATION + 1])],
    ["TX_FEE_TOO_LOW", () => spend(genesisCoin, [ALLOCATION - 9])],
    ["TX_NOT_FINAL", () => spend(genesisCoin, [1000], 2)],
    // The signature commits to the amount: with a wrong one it does not verify.
    ["TX_SCRIPT_FAILED", () => spend({ ...genesisCoin, satoshis: 5 }, [1000])],
    ["TX_BAD_OUTPUT_VALUE", () => spend(genesisCoin, [20e14, 20e14])],
  ] as const)("refuses with %s", async (code, build) => {
    const bad = await build();
    expect(() => chain.submit(bad)).toThrow(expect.objectContaining({ code }));
    expect(chain.mempool.size).toBe(0);
  });

  test("fee of exactly the quoted rate is enough", async () => {
    const probe = await spend(genesisCoin, [ALLOCATION - 100]);
    // Signatures differ by a byte or two in length, never enough to reach the next whole satoshi but one.
    const fee = Math.ceil((probe.bytes.length + 2) * 0.05);
    expect(chain.submit(await spend(genesisCoin, [ALLOCATION - fee]))).toBe(true);
  });

  test("a second spend of a waiting or mined coin is refused and names what it collides with", async () => {
    const first = await spend(genesisCoin, [ALLOCATION - 100]);
    const second = await spend(genesisCoin, [ALLOCATION - 200]);
    chain.submit(first);
    expect(() => chain.submit(second)).toThrow(
      expect.objectContaining({ code: "TX_DOUBLE_SPEND", conflictingTxids: [first.txid] }),
    );
    chain.mine(NOW);
    expect(() => chain.submit(second)).toThrow(expect.objectContaining({ code: "TX_MISSING_INPUTS" }));
  });

  test("a block reward can be spent 100 blocks later, not before", async () => {
    const { blocks } = chain.mine(NOW);
    const coinbase = blocks[0]?.transactions[0];
    const payment = await spend(coinOf(coinbase?.txid ?? "", 50e8), [50e8 - 100]);
    for (let i = 0; i < 98; i++) chain.mine(NOW);
    expect(() => chain.submit(payment)).toThrow(expect.objectContaining({ code: "TX_IMMATURE_COINBASE" }));
    chain.mine(NOW);
    expect(chain.submit(payment)).toBe(true);
  });

  test("hostile bytes are refused as malformed", () => {
    // A version, a count of inputs, and bytes for one input fewer.
    const oneShort = `0100000002${"00".repeat(41)}`;
    for (const hex of ["", "00", oneShort, "0100beef0100"]) {
      expect(() => decodeTransaction(Buffer.from(hex, "hex"))).toThrow(
        expect.objectContaining({ code: "TX_MALFORMED" }),
      );
    }
  });
});

describe("blocks", () => {
  test("have proof of work, rising times and the fees in their reward", async () => {
    const payment = await spend(genesisCoin, [ALLOCATION - 700]);
    chain.submit(payment);
    const blocks = [...chain.mine(NOW).blocks, ...chain.mine(NOW).blocks];
    for (const block of blocks) {
      expect(hashHeader(block.header)).toBe(block.hash);
      expect(meetsTarget(block.hash, block.header.bits)).toBe(true);
      expect(block.header.time).toBeGreaterThanOrEqual(NOW);
    }
    expect(blocks[0]?.transactions[0]?.outputs[0]?.satoshis).toBe(DEVELOPMENT_CHAIN.blockSubsidy + 700n);
    expect(blocks[1]?.header.previousHash).toBe(blocks[0]?.hash);
    expect(chain.minedPosition(payment.txid)).toMatchObject({ index: 1, block: { height: 1 } });
  });

  test("a block that was tampered with is refused", async () => {
    const other = new Blockchain(DEVELOPMENT_CHAIN, walletScript);
    other.submit(await spend(genesisCoin, [ALLOCATION - 100]));
    const block = other.mine(NOW).blocks[0];
    if (block === undefined) throw new Error("no block");
    const coinbaseOnly = { ...block, transactions: block.transactions.slice(0, 1) };
    expect(() => chain.addBlock(coinbaseOnly)).toThrow(expect.objectContaining({ code: "BLOCK_BAD_MERKLE_ROOT" }));
    const otherNonce = { ...block, header: { ...block.header, nonce: block.header.nonce + 1 } };
    expect(() => chain.addBlock(otherNonce)).toThrow(expect.objectContaining({ code: "BLOCK_BAD_PROOF_OF_WORK" }));
    expect(chain.addBlock(block).connected).toHaveLength(1);
  });

  test("the spend that a block holds evicts the waiting one and all that depends on it", async () => {
    const waiting = await spend(genesisCoin, [5000, ALLOCATION - 6000]);
    const child = await spend(coinOf(waiting.txid, 5000), [4000]);
    chain.submit(waiting);
    chain.submit(child);
    const winner = await spend(genesisCoin, [ALLOCATION - 100]);
    const { change } = chain.mine(NOW, [winner]);
    expect(change.evicted).toEqual([
      { transaction: waiting, conflict: winner },
      { transaction: child, conflict: null },
    ]);
    expect(chain.mempool.size).toBe(0);
  });
});

describe("reorganisation", () => {
  test("moves a transaction to another block, and the old block stays known as stale", async () => {
    const payment = await spend(genesisCoin, [ALLOCATION - 100]);
    chain.submit(payment);
    const old = chain.mine(NOW).blocks[0];
    const { change } = chain.reorganise(1, NOW);
    expect(change.disconnected.map(({ hash }) => hash)).toEqual([old?.hash]);
    expect(chain.tip.height).toBe(2);
    expect(chain.minedPosition(payment.txid)?.block.hash).toBe(chain.tip.hash);
    expect(old && chain.isActive(old)).toBe(false);
    expect(chain.index.get(old?.hash ?? "")).toBeDefined();
  });

  test.each([2, 5, 20])("%i blocks deep keeps every coin where it was", async (depth) => {
    let coin = genesisCoin;
    for (let i = 0; i < depth; i++) {
      const payment = await spend(coin, [coin.satoshis - 100]);
      chain.submit(payment);
      chain.mine(NOW);
      coin = coinOf(payment.txid, coin.satoshis - 100);
    }
    const waiting = await spend(coin, [coin.satoshis - 100]);
    chain.submit(waiting);
    chain.reorganise(depth, NOW);
    expect(chain.tip.height).toBe(depth + 1);
    expect(chain.utxos.coin(`${coin.txid}:0`)?.height).toBe(2);
    expect(chain.mempool.get(waiting.txid)).toBe(waiting);
    chain.mine(NOW);
    expect(chain.minedPosition(waiting.txid)).toBeDefined();
  });

  test("a conflicting transaction in the new branch evicts the one that was mined", async () => {
    const loser = await spend(genesisCoin, [ALLOCATION - 100]);
    chain.submit(loser);
    chain.mine(NOW);
    const winner = await spend(genesisCoin, [ALLOCATION - 200]);
    const { change } = chain.reorganise(1, NOW, [winner]);
    expect(change.evicted).toEqual([{ transaction: loser, conflict: winner }]);
    expect(chain.minedPosition(winner.txid)).toBeDefined();
    expect(chain.minedPosition(loser.txid)).toBeUndefined();
  });
});
