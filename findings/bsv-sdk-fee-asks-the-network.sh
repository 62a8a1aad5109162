#!/usr/bin/env bash
# @bsv/sdk 2.1.0: Transaction.fee() without an argument calls one provider's server on the internet, and guesses when
# that does not answer.
#
# Its default model is LivePolicy: a GET for the policy of a fixed ARC server (mainnet's), cached for five minutes. When
# there is no answer, 100 satoshis a kilobyte are taken, with a warning on the console. There is no error to catch, and
# nothing in the result tells which of the two it was.
#
# Seen (fetch replaced by one that notes its URL and fails; 1 coin of 100,000, 1,000 to pay):
#   asked 1 server, .../v1/policy;  fee paid 23, as of 100 satoshis a kilobyte
#
# Why it matters: a wallet on regtest, or behind a payment server whose terms name their own rate, pays a foreign
# server's rate or a guess, and tells that server when it pays. The rate of the merchant's terms has to be handed in.
#
# Exits 0 while it behaves so. Nothing is really asked.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @bsv/sdk@2.1.0

cat >finding.mjs <<'JS'
import assert from "node:assert/strict";
import { P2PKH, PrivateKey, SatoshisPerKilobyte, Transaction } from "@bsv/sdk";

const asked = [];
globalThis.fetch = (url) => {
  asked.push(new URL(url));
  return Promise.reject(new Error("no network here"));
};
console.warn = () => undefined;

const key = new PrivateKey(7);
const p2pkh = new P2PKH();
const lockingScript = p2pkh.lock(key.toPublicKey().toHash());
const sourceTransaction = new Transaction();
sourceTransaction.addInput({ sourceTXID: "0".repeat(64), sourceOutputIndex: 0, unlockingScript: lockingScript });
sourceTransaction.addOutput({ lockingScript, satoshis: 100_000 });
const tx = new Transaction();
tx.addInput({ sourceTransaction, sourceOutputIndex: 0, unlockingScriptTemplate: p2pkh.unlock(key) });
tx.addOutput({ lockingScript, satoshis: 1_000 });
tx.addOutput({ lockingScript, change: true });
await tx.fee();
await tx.sign();

console.log(`asked ${asked.length} server, path ${asked.map((url) => url.pathname)}; fee paid ${tx.getFee()}`);
assert.deepEqual(
  asked.map(({ pathname }) => pathname),
  ["/v1/policy"],
);
assert.equal(tx.getFee(), await new SatoshisPerKilobyte(100).computeFee(tx));
JS
node finding.mjs
