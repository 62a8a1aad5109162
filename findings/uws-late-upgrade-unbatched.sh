#!/usr/bin/env bash
# uWebSockets.js 20 (uws-pack 20.0.8): the answer to an upgrade that is decided later leaves in two dozen small writes.
#
# In the upgrade handler's own turn the whole "101 Switching Protocols" is one write. After an `await` nothing gathers: status
# line, names, colons and values of the headers and each line's end are written one by one, and with TCP_NODELAY each is a
# segment of its own. Inside `res.cork` it is one write again.
#
# Seen:
#   decided at once: 1 segment;  decided later: 24 segments, and a warning on stderr that does not say what it costs;
#   decided later, in res.cork: 1 segment
#
# Why it matters: a payment channel server asks its log before it lets a wallet in, so every upgrade is a late one. The
# writes were a third of what a join costs it, and the wallet's side is woken for each of them.
#
# Exits 0 while it behaves so. Needs Node.js 20 to 22 on Linux (glibc), and ss (Debian: iproute2).
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund uws-pack@20.0.8

cat >finding.mjs <<'JS'
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { connect } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { App, us_socket_local_port } from "uws-pack";

const headerNames = ["sec-websocket-key", "sec-websocket-protocol", "sec-websocket-extensions"];

function upgradeWith(decide) {
  return (res, req, context) => {
    const headers = headerNames.map((name) => req.getHeader(name));
    res.onAborted(() => undefined);
    void decide(res, () => res.upgrade({}, ...headers, context));
  };
}

const ways = {
  "decided at once": (_res, upgrade) => upgrade(),
  "decided later": async (_res, upgrade) => {
    await nextTurn();
    upgrade();
  },
  "decided later, in res.cork": async (res, upgrade) => {
    await nextTurn();
    res.cork(upgrade);
  },
};

/** What the server's end of the connection has sent, in segments with data. */
function segmentsTo(port, clientPort) {
  const text = execFileSync("ss", ["-tinH", `sport = :${port} and dport = :${clientPort}`], { encoding: "utf8" });
  return Number(/data_segs_out:(\d+)/.exec(text)?.[1]);
}

async function segmentsOfUpgrade(decide) {
  const app = App();
  const listening = await new Promise((resolve) => {
    app.ws("/*", { upgrade: upgradeWith(decide) }).listen("127.0.0.1", 0, resolve);
  });
  const port = us_socket_local_port(listening);
  const client = connect(port, "127.0.0.1");
  const answer = await new Promise((resolve, reject) => {
    let text = "";
    client.on("error", reject).on("data", (data) => {
      text += data.toString("latin1");
      if (text.endsWith("\r\n\r\n")) resolve(text);
    });
    const head = ["GET / HTTP/1.1", "Host: x", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"];
    client.write([...head, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "", ""].join("\r\n"));
  });
  assert.match(answer, /^HTTP\/1\.1 101 /);
  return segmentsTo(port, client.localPort);
}

const seen = {};
for (const [name, decide] of Object.entries(ways)) {
  seen[name] = await segmentsOfUpgrade(decide);
  console.log(`${name}: ${seen[name]} segment(s)`);
}
assert.equal(seen["decided at once"], 1);
assert.ok(seen["decided later"] > 20);
assert.equal(seen["decided later, in res.cork"], 1);
process.exit(0);
JS
node finding.mjs
