#!/usr/bin/env bash
# @bsv/sdk 2.1.0: MerklePath.verify() is false for a valid proof of a block's first transaction, once the block is old.
#
# For offset 0 it asks for the chain's height and returns false when the block lies more than 100 below the tip. The test
# is for the maturity of coinbase outputs, and stands the wrong way round: 100 blocks deep is when they may be spent.
# computeRoot() and the chain tracker's isValidRootForHeight() agree that the proof is right.
#
# Seen (block 200, a block of this one transaction):
#   tip 300: verify true;  tip 301: verify false;  at both: computeRoot is the block's root
#
# Why it matters: who receives a payment with its ancestry verifies it by Transaction.verify(), which calls this. A coin
# of a coinbase transaction, or of the only transaction of a regtest block, is taken for unproven as soon as it has
# matured: a genuine payment is refused for good. A server compares roots itself: computeRoot() and the header.
#
# Exits 0 while it behaves so.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @bsv/sdk@2.1.0

cat >finding.mjs <<'JS'
import assert from "node:assert/strict";
import { MerklePath } from "@bsv/sdk";

const txid = "ab".repeat(32);
// A block of one transaction: its root is that transaction's id.
const path = new MerklePath(200, [[{ offset: 0, hash: txid, txid: true }]]);
const tip = (height) => ({
  isValidRootForHeight: async (root, at) => root === txid && at === 200,
  currentHeight: async () => height,
});
const verdicts = {};
for (const height of [200, 300, 301, 900_000]) {
  assert.equal(path.computeRoot(txid), txid);
  verdicts[height] = await path.verify(txid, tip(height));
  console.log(`tip ${height}: verify ${verdicts[height]}`);
}
assert.deepEqual(verdicts, { 200: true, 300: true, 301: false, 900000: false });
JS
node finding.mjs
