import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { findNatsServer, startNatsServer, type NatsServerProcess } from "@p4/nats-server";
import { freePort, makeCertificates } from "@p4/nats-server/testing";
import { tempDir } from "@p4/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { spawnEdge } from "./test-support/edge-process.ts";
import { joinPeer } from "./test-support/peer.ts";

const dir = tempDir();
const certificates = makeCertificates(dir);
let server: NatsServerProcess;

beforeAll(async () => {
  const { server: certificate, serverKey, ca } = certificates;
  const tls = `tls { cert_file: "${certificate}", key_file: "${serverKey}", ca_file: "${ca}", verify: true }`;
  const configFile = join(dir, "tls.conf");
  writeFileSync(configFile, `jetstream { sync_interval: always }\n${tls}\n`);
  const { path: binary } = await findNatsServer();
  server = await startNatsServer({ binary, configFile, storeDir: join(dir, "nats") });
}, 120_000);
afterAll(() => server.stop());

it("an edge serves wallets from a broker with TLS, shown the broker's CA and a certificate of its own", async () => {
  const port = await freePort();
  await spawnEdge(server.url.replace("nats://", "tls://"), port, {
    P4_NATS_CREDENTIALS: [certificates.client, certificates.clientKey, certificates.ca].join(","),
  });
  const url = `ws://127.0.0.1:${String(port)}/ws/tls-1`;
  const merchant = await joinPeer(`${url}?role=merchant&dialect=p4`);
  const customer = await joinPeer(`${url}?role=customer&dialect=p4`);
  customer.say("payment", { body: { rawTx: "00" } });
  expect((await merchant.hear("payment")).body).toEqual({ rawTx: "00" });
});
