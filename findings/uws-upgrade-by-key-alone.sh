#!/usr/bin/env bash
# uWebSockets.js 20 (uws-pack 20.0.8): any GET that carries Sec-WebSocket-Key is answered 101, whatever else it lacks.
#
# Neither `Connection: Upgrade` nor `Upgrade: websocket` is looked for, and Sec-WebSocket-Version 8 is answered like 13.
# RFC 6455 section 4.2.1 demands all of them. The open handler runs, and for the application there is a WebSocket.
#
# Seen:
#   all headers: 101;  no Connection: 101;  no Upgrade: 101;  key alone: 101;  version 8: 101;  open ran 5 times
#
# Why it matters: a reverse proxy that is not set up for WebSockets drops the hop-by-hop headers Connection and Upgrade and
# passes the key on. The payment server then counts a wallet as connected that never gets a frame: the merchant's seat is
# taken, messages count as delivered, and the drain waits for it. The three headers have to be checked in the upgrade
# handler, and answered 426 with the name of what is missing.
#
# Exits 0 while it behaves so. Needs Node.js 20 to 22 on Linux (glibc).
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund uws-pack@20.0.8

cat >finding.mjs <<'JS'
import assert from "node:assert/strict";
import { connect } from "node:net";
import { App, us_socket_local_port } from "uws-pack";

let opened = 0;
const listening = await new Promise((resolve) => {
  App()
    .ws("/*", { open: () => void opened++ })
    .listen("127.0.0.1", 0, resolve);
});
const port = us_socket_local_port(listening);

function statusOf(...headers) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.write(`${["GET /wallet HTTP/1.1", "Host: x", ...headers].join("\r\n")}\r\n\r\n`);
    });
    socket.on("error", reject);
    socket.once("data", (data) => {
      socket.destroy();
      resolve(Number(data.toString("latin1").split(" ")[1]));
    });
  });
}

const key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
const [connection, upgrade, version] = ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"];
const statuses = {
  "all headers": await statusOf(connection, upgrade, version, key),
  "no Connection": await statusOf(upgrade, version, key),
  "no Upgrade": await statusOf(connection, version, key),
  "key alone": await statusOf(key),
  "version 8": await statusOf(connection, upgrade, "Sec-WebSocket-Version: 8", key),
};
for (const [what, status] of Object.entries(statuses)) console.log(`${what}: ${status}`);
console.log(`open ran ${opened} times`);
assert.deepEqual(new Set(Object.values(statuses)), new Set([101]));
assert.equal(opened, 5);
process.exit(0);
JS
node finding.mjs
