import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connectBroker, type Broker } from "@p4/nats";
import { findNatsServer, repositoryNatsConf, startNatsServer, type NatsServerProcess } from "@p4/nats-server";
import { freePort } from "@p4/nats-server/testing";
import { tempDir, waitFor, withNatsServer } from "@p4/testkit";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { payment, terms } from "./test-support/bodies.ts";
import { startDetour } from "./test-support/detour.ts";
import { newChannelId, startTestEdge, type TestEdge } from "./test-support/edges.ts";
import { get } from "./test-support/http-calls.ts";
import { startOldServer } from "./test-support/old-server.ts";
import type { Frame, Peer } from "./test-support/peer.ts";

interface Readyz {
  readonly status: number;
  readonly broker: { readonly ok: boolean; readonly detail?: string; readonly facts?: Record<string, string> };
}

async function readyz(edge: TestEdge): Promise<Readyz> {
  const { status, text } = await get(`http://127.0.0.1:${String(edge.port)}/readyz`);
  return { status, broker: (JSON.parse(text) as { checks: { broker: Readyz["broker"] } }).checks.broker };
}

/** No wallet comes any more, and still the node does not count as ready again. */
async function staysUnready(edge: TestEdge): Promise<void> {
  const seen = new Set<number>();
  for (const endMs = performance.now() + 8_000; performance.now() < endMs; await sleep(250)) {
    seen.add((await readyz(edge)).status);
  }
  expect([...seen]).toEqual([503]);
}

async function meet(edge: TestEdge): Promise<{ id: string; merchant: Peer; customer: Peer }> {
  const id = newChannelId();
  const merchant = await edge.join(`${id}?role=merchant`);
  return { id, merchant, customer: await edge.join(`${id}?role=customer`) };
}

/** A wallet's retry: the same message again until its receipt comes. */
async function untilStored(peer: Peer, frame: Frame): Promise<void> {
  await waitFor(
    () => {
      peer.send(frame);
      return peer.keys.includes("receipt");
    },
    { intervalMs: 200, description: `${String(frame["key"])} is stored` },
  );
}

describe("a broker that goes away and comes back", () => {
  const nats = withNatsServer();

  it("costs no socket, no channel and no restart: refused meanwhile, then served from the log", async () => {
    const [here, there] = [await startTestEdge(nats.url), await startTestEdge(nats.url)];
    const { id, merchant } = await meet(here);
    const customer = await there.join(`${id}?role=customer&receipts=true`);
    const quiet = await meet(there);
    await nats.process.kill();
    await waitFor(async () => (await readyz(here)).status === 503 && (await readyz(there)).status === 503);
    expect((await readyz(here)).broker).toMatchObject({ ok: false, detail: "the broker is away" });
    customer.say("payment", { body: payment });
    expect((await customer.hear("error"))["errorBody"]).toMatchObject({
      errCode: "EDGE_UNAVAILABLE",
      title: "try again",
    });
    expect(await here.upgrade(newChannelId())).toMatchObject({
      status: 503,
      body: expect.stringContaining("EDGE_UNREADY"),
    });
    expect(await here.upgrade("health")).toMatchObject({
      status: 503,
      body: expect.stringContaining("the broker is away"),
    });
    await nats.restart();
    await untilStored(customer, { key: "payment", messageId: "pay-1", body: payment });
    await merchant.hear("payment");
    expect(merchant.keys.filter((key) => key === "payment")).toHaveLength(1);
    quiet.merchant.say("paymentrequest.response", { body: terms });
    await quiet.customer.hear("paymentrequest.response");
    for (const peer of [merchant, customer, quiet.merchant, quiet.customer]) expect(peer.closedWith).toBeNull();
    expect((await here.upgrade("health")).status).toBe(101);
    await waitFor(async () => (await readyz(here)).status === 200 && (await readyz(there)).status === 200);
  });

  it("is named when an older one has taken its place; the upgrade is noticed without a restart", async () => {
    const edge = await startTestEdge(nats.url);
    const { merchant, customer } = await meet(edge);
    await nats.process.kill();
    const old = await startOldServer(Number(new URL(nats.url).port));
    await waitFor(async () => (await readyz(edge)).broker.facts?.["code"] === "STORE_SERVER_TOO_OLD");
    expect((await readyz(edge)).broker.detail).toMatch(/2\.11\.2 or newer is needed .*2\.10\.9/);
    await old.close();
    await nats.restart();
    await waitFor(async () => (await readyz(edge)).status === 200);
    merchant.say("paymentrequest.response", { body: terms });
    await customer.hear("paymentrequest.response");
    expect([merchant.closedWith, customer.closedWith]).toEqual([null, null]);
  });

  it("leaves no edge deaf: what was stored while one could not hear reaches its sockets, unasked", async () => {
    // This edge's way to the broker is cut, not the broker: others go on.
    const detour = await startDetour(Number(new URL(nats.url).port));
    const [cut, whole] = [await startTestEdge(detour.url), await startTestEdge(nats.url)];
    const { id, customer } = await meet(cut);
    detour.cut();
    await waitFor(async () => (await readyz(cut)).status === 503);
    const merchant = await whole.join(`${id}?dialect=p4&receipts=true`);
    await untilStored(merchant, { key: "paymentrequest.response", messageId: "terms-1", body: terms });
    expect(customer.keys).toEqual(["join.success"]);
    detour.mend();
    await customer.hear("paymentrequest.response");
    expect(customer.closedWith).toBeNull();
  });
});

describe("a broker that is there, but", () => {
  const dir = tempDir();
  const conf = join(dir, "trouble.conf");
  let admin: Broker;
  let server: NatsServerProcess;
  let url = "";
  const userUrl = (user: string): string => url.replace("nats://", `nats://${user}:pw@`);

  beforeAll(async () => {
    writeFileSync(conf, troubleConf);
    const { path: binary } = await findNatsServer();
    server = await startNatsServer({ binary, configFile: conf, storeDir: join(dir, "store"), port: await freePort() });
    url = server.url;
    admin = await connectBroker({ url: userUrl("admin"), name: "test" });
    afterAll(async () => {
      await admin.close();
      await server.stop();
    });
  });

  const roomy = { limits: { maxChannelBytes: 2 ** 30 } };

  it("has no room: refused with its name and the next step, retryable; well again when there is room", async () => {
    const edge = await startTestEdge(userUrl("admin"), { P4_REGION: "full" }, roomy);
    const { merchant, customer } = await meet(edge);
    const filler = randomBytes(450_000).toString("base64");
    const offer = () => merchant.say("paymentrequest.response", { body: { ...terms, filler } });
    await waitFor(
      () => {
        offer();
        return merchant.frames.some((frame) => frame["errorBody"]?.["description"]?.includes("STORE_FULL"));
      },
      { intervalMs: 50 },
    );
    expect((await merchant.hear("error"))["errorBody"]).toMatchObject({ errCode: "EDGE_UNAVAILABLE" });
    const { status, broker } = await readyz(edge);
    expect({ status, broker }).toMatchObject({
      status: 503,
      broker: { detail: expect.stringMatching(/free disk space or raise the limits/), facts: { code: "STORE_FULL" } },
    });
    expect([merchant.closedWith, customer.closedWith]).toEqual([null, null]);
    await staysUnready(edge);
    for (const stream of ["P4_CHANNELS_full_0", "P4_CHANNELS_full_1", "OBJ_P4_BLOBS_full"]) {
      const path = `STREAM.UPDATE.${stream}`;
      const info = await admin.apiAnswer<{ config?: Record<string, unknown> }>(`STREAM.INFO.${stream}`);
      if (info.config !== undefined)
        await admin.apiAnswer(path, { ...info.config, max_age: 1e9, duplicate_window: 1e9 });
    }
    await waitFor(async () => (await readyz(edge)).status === 200);
    const again = await meet(edge);
    again.merchant.say("paymentrequest.response", { body: terms });
    await again.customer.hear("paymentrequest.response");
  });

  it("lost a stream: named on join, on send and in /readyz; served again when it is back", async () => {
    const edge = await startTestEdge(userUrl("admin"), { P4_REGION: "lost", P4_SHARDS: "1" });
    const { merchant } = await meet(edge);
    await admin.api("STREAM.DELETE.P4_CHANNELS_lost_0");
    merchant.say("paymentrequest.response", { body: terms });
    expect((await merchant.hear("error"))["errorBody"]).toMatchObject({
      errCode: "EDGE_UNAVAILABLE",
      description: expect.stringContaining("STORE_MISSING"),
    });
    expect(await readyz(edge)).toMatchObject({ status: 503, broker: { facts: { code: "STORE_MISSING" } } });
    expect(await edge.upgrade(newChannelId())).toMatchObject({
      status: 503,
      body: expect.stringContaining("STORE_MISSING"),
    });
    const repairer = await startTestEdge(userUrl("admin"), { P4_REGION: "lost", P4_SHARDS: "1" });
    await waitFor(async () => (await edge.upgrade(newChannelId())).status === 101);
    await repairer.close();
  });

  it("forbids something: a start says what, on which subject", async () => {
    const start = (user: string) => startTestEdge(userUrl(user), { P4_REGION: "forbidden" });
    await expect(start("noapi")).rejects.toMatchObject({
      code: "STORE_FORBIDDEN",
      message: expect.stringMatching(/publish on \$JS.API/),
    });
    await expect(start("noinbox")).rejects.toMatchObject({
      code: "STORE_FORBIDDEN",
      message: expect.stringMatching(/listening on _INBOX/),
    });
    await expect(start("deaf")).rejects.toMatchObject({
      code: "STORE_FORBIDDEN",
      message: expect.stringMatching(/subscription on p4.forbidden.*live/),
    });
    await expect(start("unknown")).rejects.toMatchObject({
      code: "STORE_FORBIDDEN",
      message: expect.stringMatching(/refuses the login/),
    });
  });

  it("forbids to write: the running edge names it to the wallet and to the operator, and serves when it may", async () => {
    const edge = await startTestEdge(userUrl("mute"), { P4_REGION: "mute" });
    expect(await edge.upgrade(newChannelId())).toMatchObject({
      status: 503,
      body: expect.stringContaining("STORE_FORBIDDEN"),
    });
    const { status, broker } = await readyz(edge);
    expect({ status, broker }).toMatchObject({ status: 503, broker: { facts: { code: "STORE_FORBIDDEN" } } });
    expect(broker.detail).toMatch(/check its permissions.*publish on p4.mute/);
    writeFileSync(conf, troubleConf.replace('"p4.*.*.event.>"', '"p4.other.>"'));
    await server.stop();
    await server.restart();
    await waitFor(async () => (await edge.upgrade(newChannelId())).status === 101);
    await waitFor(async () => (await readyz(edge)).status === 200);
  });

  it("is too old: the start is refused with both versions", async () => {
    const { port } = await startOldServer();
    await expect(startTestEdge(`nats://127.0.0.1:${String(port)}`)).rejects.toMatchObject({
      code: "STORE_SERVER_TOO_OLD",
      message: expect.stringMatching(/2\.11\.2 or newer is needed .*2\.10\.9/),
    });
  });

  it("is really too old: the same of a real nats-server 2.10", async ({ skip }) => {
    const binary = process.env["OLD_NATS_SERVER_BIN"];
    if (binary === undefined) return skip("OLD_NATS_SERVER_BIN names no nats-server 2.10");
    const server = await startNatsServer({ binary, configFile: repositoryNatsConf, storeDir: join(dir, "old") });
    onTestFinished(() => server.stop());
    await expect(startTestEdge(server.url)).rejects.toMatchObject({
      code: "STORE_SERVER_TOO_OLD",
      message: expect.stringMatching(/2\.11\.2 or newer is needed .*2\.10\./),
    });
  });
});

/** A small file system needs root to mount it. */
function mountSmall(path: string): boolean {
  try {
    mkdirSync(path);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=24m", "tmpfs", path], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

describe("a disk that is really full", () => {
  const dir = tempDir();

  it("is named, and kills nothing; with room and a new start of the broker all go on", async ({ skip }) => {
    const disk = join(dir, "disk");
    if (!mountSmall(disk)) return skip("a small file system can only be mounted by root");
    onTestFinished(() => void execFileSync("umount", ["-l", disk]));
    const { path: binary } = await findNatsServer();
    const address = { storeDir: join(disk, "store"), port: await freePort() };
    const server = await startNatsServer({ binary, configFile: repositoryNatsConf, ...address });
    onTestFinished(() => server.stop());
    const edge = await startTestEdge(server.url, { P4_SHARDS: "1" });
    const merchants = await Promise.all(
      [1, 2, 3].map(() => edge.join(`${newChannelId()}?role=merchant&receipts=true`)),
    );
    execFileSync("sh", ["-c", `cat /dev/zero > ${join(disk, "filler")}; true`], { stdio: "ignore" });
    expect(existsSync(join(disk, "filler"))).toBe(true);
    const filler = randomBytes(300_000).toString("base64");
    await waitFor(
      async () => {
        for (const merchant of merchants) merchant.say("paymentrequest.response", { body: { ...terms, filler } });
        return (await readyz(edge)).status === 503;
      },
      { intervalMs: 1_000 },
    );
    const { broker } = await readyz(edge);
    expect(broker.detail).toMatch(/connected but stores nothing.*disk space/);
    await staysUnready(edge);
    // nats-server 2.15.1 stores nothing more until it is started again, whatever room there is.
    rmSync(join(disk, "filler"));
    await server.stop();
    await server.restart();
    const again = { key: "paymentrequest.response", messageId: "with-room", body: terms };
    for (const merchant of merchants) await untilStored(merchant, again);
    await waitFor(async () => (await readyz(edge)).status === 200);
    for (const merchant of merchants) expect(merchant.closedWith).toBeNull();
  });
});

const troubleConf = `
max_payload: 2MB
jetstream { max_file_store: 4MB }
accounts {
  P4 {
    jetstream: enabled
    users: [
      { user: admin, password: pw }
      { user: noapi, password: pw, permissions: { publish: { deny: ["$JS.API.STREAM.>"] } } }
      { user: noinbox, password: pw, permissions: { subscribe: { deny: ["_INBOX.>"] } } }
      { user: deaf, password: pw, permissions: { subscribe: { deny: ["p4.*.*.live.>"] } } }
      { user: mute, password: pw, permissions: { publish: { deny: ["p4.*.*.event.>"] } } }
    ]
  }
}
`;
