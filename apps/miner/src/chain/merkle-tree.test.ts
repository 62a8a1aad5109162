import { parseBump, parseTscProof, verifyBump, verifyTscProof } from "@p4/spv";
import { MerklePath } from "@bsv/sdk";
import { expect, test } from "vitest";

import { mineBlock } from "./block.ts";
import { sha256Crypto, sha256d, toDisplayHex } from "./hash.ts";
import { bumpOf, tscProofOf } from "./merkle-proof.ts";
import type { ChainTransaction } from "./transaction.ts";

const sizes = Array.from({ length: 20 }, (_, i) => i + 1);

test.each(sizes)(
  "each transaction of a block with %i of them has a TSC proof and a BUMP that climb to its root",
  (size) => {
    const block = mineBlock({
      parent: null,
      time: 1_700_000_000,
      transactions: Array.from({ length: size - 1 }, (_, i) => fakeTransaction(i)),
      reward: 1n,
      rewardScript: Buffer.from([0x51]),
      coinbaseTag: "test",
    });
    block.transactions.forEach(({ txid }, index) => {
      const position = { block, index };
      const { merkleRoot } = block.header;
      expect(verifyTscProof(parseTscProof(tscProofOf(position)), { expectedTxid: txid }, sha256Crypto)).toMatchObject({
        index,
        merkleRoot,
      });
      const bump = bumpOf(position);
      expect(verifyBump(parseBump(bump), txid, sha256Crypto)).toMatchObject({ index, merkleRoot });
      expect(MerklePath.fromBinary([...bump]).computeRoot(txid)).toBe(merkleRoot);
    });
  },
);

function fakeTransaction(index: number): ChainTransaction {
  const bytes = Buffer.from([index]);
  return { txid: toDisplayHex(sha256d(bytes)), bytes, version: 1, inputs: [], outputs: [], lockTime: 0 };
}
