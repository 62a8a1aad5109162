#!/usr/bin/env bash
# @bsv/sdk 2.1.0: Transaction.fee() underpays without an error when many small coins leave no change.
#
# The fee is computed with the change output. When the coins do not cover payment and fee, fee() takes the change output
# away and returns: what is left over is the fee, however little that is. It neither throws nor tells; sign() and
# verify() are content.
#
# Seen (500 satoshis a kilobyte, 40 coins of 50, 1,990 to pay):
#   outputs 1, size 5941 bytes, fee paid 10, fee owed 2971: the same model's, for the transaction as it was signed
#
# Why it matters: the customer's wallet pays, the merchant's server accepts what is valid by its scripts and sums, and no
# miner takes the transaction. A wallet has to compare getFee() with the model's fee after fee(), and a merchant that
# promises miners a rate has to check the rate itself.
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
import { P2PKH, PrivateKey, SatoshisPerKilobyte, Transaction } from "@bsv/sdk";

const key = new PrivateKey(7);
const p2pkh = new P2PKH();
const lockingScript = p2pkh.lock(key.toPublicKey().toHash());

const tx = new Transaction();
for (let i = 0; i < 40; i++) {
  const sourceTransaction = new Transaction();
  const sourceTXID = i.toString(16).padStart(64, "0");
  sourceTransaction.addInput({ sourceTXID, sourceOutputIndex: 0, unlockingScript: lockingScript });
  sourceTransaction.addOutput({ lockingScript, satoshis: 50 });
  tx.addInput({ sourceTransaction, sourceOutputIndex: 0, unlockingScriptTemplate: p2pkh.unlock(key) });
}
tx.addOutput({ lockingScript, satoshis: 1_990 });
tx.addOutput({ lockingScript, change: true });

const model = new SatoshisPerKilobyte(500);
await tx.fee(model);
await tx.sign();
const owed = await model.computeFee(tx);
console.log(`outputs ${tx.outputs.length}, size ${tx.toBinary().length} bytes, fee paid ${tx.getFee()}, fee owed ${owed}`);
assert.equal(tx.outputs.length, 1);
assert.equal(tx.getFee(), 10);
assert.ok(owed > 2_900);
JS
node finding.mjs
