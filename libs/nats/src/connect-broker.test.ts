import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findNatsServer, startNatsServer, type NatsServerProcess } from "@p4/nats-server";
import { freePort } from "@p4/nats-server/testing";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createBlobStore } from "./blob-store.ts";
import { connectBroker } from "./connect-broker.ts";
import { createEventLog } from "./event-log.ts";
import { createLiveFeed } from "./live-feed.ts";
import { provision } from "./provision.ts";
import { settings } from "./test-support/use-nats.ts";

const config = `
max_payload: 64KB
jetstream { sync_interval: always, max_file_store: 2MB }
accounts {
  A: {
    jetstream: enabled
    users: [
      { user: admin, password: secret }
      { user: limited, password: secret, permissions: {
        publish: { deny: ["p4.>"] }, subscribe: { deny: ["p4.*.*.live.>"] } } }
    ]
  }
  B: { users: [ { user: plain, password: secret } ] }
}`;

let dir = "";
let server: NatsServerProcess;
const url = (user: string, password = "secret"): string => server.url.replace("nats://", `nats://${user}:${password}@`);

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "p4-connect-"));
  const configFile = join(dir, "test.conf");
  await writeFile(configFile, config);
  const { path: binary } = await findNatsServer();
  server = await startNatsServer({ binary, configFile, storeDir: join(dir, "nats"), port: await freePort() });
}, 120_000);

afterAll(async () => {
  await server.stop();
  await rm(dir, { recursive: true, force: true });
});

/** Says INFO like a nats-server of that version and answers each PING. */
async function fakeServer(version: string): Promise<{ readonly url: string; close(): void }> {
  const listener = createServer((socket) => {
    const { port } = listener.address() as AddressInfo;
    const info = { server_id: "F", version, host: "127.0.0.1", port, headers: true, max_payload: 1e6, proto: 1 };
    socket.write(`INFO ${JSON.stringify(info)}\r\n`);
    socket.on("data", (data) => data.includes("PING") && socket.write("PONG\r\n"));
    socket.on("error", () => {});
  });
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  return { url: `nats://127.0.0.1:${(listener.address() as AddressInfo).port}`, close: () => listener.close() };
}

describe("connecting", () => {
  it.each(["2.10.29", "2.11.1"])("refuses nats-server %s and says what is needed", async (version) => {
    const old = await fakeServer(version);
    const attempt = connectBroker({ url: old.url, name: "test" });
    await expect(attempt).rejects.toMatchObject({ code: "STORE_SERVER_TOO_OLD" });
    await expect(attempt).rejects.toThrow(new RegExp(`${old.url} runs ${version}; .*2.11.2`));
    old.close();
  });

  it("names the address that does not answer, without the password", async () => {
    const attempt = connectBroker({ url: "nats://me:hidden@127.0.0.1:1", name: "test", connectWithinMs: 200 });
    await expect(attempt).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    await expect(attempt).rejects.toThrow(/nats:\/\/127.0.0.1:1 .*is nats-server running/);
  });

  it("refuses a URL of another kind", async () => {
    await expect(connectBroker({ url: "http://127.0.0.1", name: "test" })).rejects.toThrow(/nats:\/\//);
  });

  it("tells a wrong password and an account without JetStream apart", async () => {
    await expect(connectBroker({ url: url("admin", "wrong"), name: "test" })).rejects.toMatchObject({
      code: "STORE_FORBIDDEN",
    });
    await expect(connectBroker({ url: url("plain"), name: "test" })).rejects.toMatchObject({
      code: "STORE_NOT_ENABLED",
    });
  });

  it("waits for a broker that starts a little later", async () => {
    await server.kill();
    const attempt = connectBroker({ url: url("admin"), name: "test", connectWithinMs: 30_000 });
    await server.restart();
    const broker = await attempt;
    expect(broker.ready()).toBe(true);
    await broker.close();
    expect(broker.ready()).toBe(false);
  });
});

describe("leaving a server", () => {
  it("needs no second question once one was left unanswered", async () => {
    const binary = (await findNatsServer()).path;
    const other = await startNatsServer({ binary, configFile: join(dir, "test.conf"), storeDir: join(dir, "second") });
    const servers = [server.url, other.url].map((text) => text.replace("nats://", "nats://admin:secret@")).join(",");
    const broker = await connectBroker({ url: servers, name: "test" });
    const silent = broker.nc.getServer();
    const moved = new Promise<void>((resolve) => broker.onReconnect(resolve));
    broker.health.unanswered("append");
    await moved;
    expect(broker.nc.getServer()).not.toBe(silent);
    await broker.close();
    await other.stop();
  });

  it("leads to another one, not back to the same", async () => {
    const binary = (await findNatsServer()).path;
    const options = { binary, configFile: join(dir, "test.conf"), storeDir: join(dir, "other") };
    const other = await startNatsServer(options);
    const servers = [server.url, other.url].map((text) => text.replace("nats://", "nats://admin:secret@")).join(",");
    const broker = await connectBroker({ url: servers, name: "test" });
    const left: string[] = [];
    for (let move = 0; move < 2; move++) {
      // Within its first backoff of 50 ms the client would not dial the same server again anyway.
      await sleep(100);
      left.push(broker.nc.getServer());
      const moved = new Promise<void>((resolve) => broker.onReconnect(resolve));
      await broker.switchServer();
      await moved;
      expect(broker.nc.getServer()).not.toBe(left.at(-1));
    }
    expect(new Set(left).size).toBe(2);
    await broker.close();
    await other.stop();
  });
});

describe("a server that is too old", () => {
  it("is passed over for a newer one of the list, in whatever order they are tried", async () => {
    const old = await fakeServer("2.10.29");
    for (let start = 0; start < 8; start++) {
      const broker = await connectBroker({ url: `${url("admin")},${old.url}`, name: "test", connectWithinMs: 0 });
      expect(broker.ready()).toBe(true);
      await broker.close();
    }
    old.close();
  });

  it("is named when nothing better is left, and left as soon as there is", async () => {
    const old = await fakeServer("2.10.29");
    const onStatus = vi.fn();
    const broker = await connectBroker({ url: `${url("admin")},${old.url}`, name: "test", onStatus });
    await server.kill();
    const tooOld = expect.objectContaining({ error: expect.objectContaining({ code: "STORE_SERVER_TOO_OLD" }) });
    await vi.waitFor(() => expect(onStatus).toHaveBeenCalledWith(tooOld));
    expect(broker.ready()).toBe(false);
    await server.restart();
    // The old one still runs and would keep us.
    await vi.waitUntil(() => broker.ready());
    await broker.close();
    old.close();
  });

  it("is not remembered at a better one that was found meanwhile", async () => {
    const old = await fakeServer("2.10.29");
    const onStatus = vi.fn();
    const broker = await connectBroker({ url: `${url("admin")},${old.url}`, name: "test", onStatus });
    const tooOld = expect.objectContaining({ error: expect.objectContaining({ code: "STORE_SERVER_TOO_OLD" }) });
    // The clock stands still for the second that it is given: nothing but the test leaves it.
    const leaving: (() => void)[] = [];
    const setTimer = globalThis.setTimeout;
    vi.spyOn(globalThis, "setTimeout").mockImplementation((run: () => void, ms?: number) => {
      if (ms !== 1_000) return setTimer(run, ms);
      leaving.push(run);
      return setTimer(() => undefined, 0);
    });
    await broker.switchServer();
    await vi.waitFor(() => expect(onStatus).toHaveBeenCalledWith(tooOld));
    await broker.switchServer();
    await vi.waitUntil(() => broker.ready());
    const leave = vi.spyOn(broker.nc, "reconnect");
    vi.mocked(globalThis.setTimeout).mockRestore();
    expect(leaving).toHaveLength(1);
    for (const run of leaving) run();
    expect(leave).not.toHaveBeenCalled();
    await broker.close();
    old.close();
  });
});

describe("a broker that refuses", () => {
  const one = { ...settings, shards: 1 };
  const request = { channelId: "c", eventId: "e", bytes: new Uint8Array(10), expectedStreamVersion: 0 };

  it("names what is forbidden, for publishing and for listening", async () => {
    const admin = await connectBroker({ url: url("admin"), name: "test" });
    await provision(admin, one);
    const onStatus = vi.fn();
    const limited = await connectBroker({ url: url("limited"), name: "test", onStatus });
    const attempt = createEventLog(limited, one).appendToStream(request);
    await expect(attempt).rejects.toMatchObject({ code: "STORE_FORBIDDEN" });
    await expect(attempt).rejects.toThrow(/publish on p4.test.0.event.c/);
    createLiveFeed(limited, one).subscribe("c", () => {});
    await vi.waitFor(() => {
      const codes = onStatus.mock.calls.map(([status]) => (status as { error?: { message: string } }).error?.message);
      expect(codes.join()).toMatch(/subscription on p4.test.0.live.c/);
    });
    await Promise.all([admin.close(), limited.close()]);
  });

  it("takes a large body in parts as small as it allows", async () => {
    const broker = await connectBroker({ url: url("admin"), name: "test" });
    await provision(broker, one);
    const blobs = createBlobStore(broker, one);
    const large = Uint8Array.from({ length: 200_000 }, (_, i) => i * 31);
    await blobs.put("parts", large);
    expect(Buffer.compare((await blobs.get("parts")) ?? new Uint8Array(), large)).toBe(0);
    await blobs.delete("parts");
    await broker.close();
  });

  it("says too large and full, and the connection survives both", async () => {
    const broker = await connectBroker({ url: url("admin"), name: "test" });
    const log = createEventLog(broker, one);
    await expect(log.appendToStream({ ...request, bytes: new Uint8Array(70_000) })).rejects.toMatchObject({
      code: "STORE_TOO_LARGE",
    });
    // Random bytes, since the store compresses; more of them than the server's file store holds.
    const noise = crypto.getRandomValues(new Uint8Array(60_000));
    const results = await Promise.allSettled(
      Array.from({ length: 60 }, (_, i) => log.appendToStream({ ...request, channelId: `full${i}`, bytes: noise })),
    );
    const reasons = results.flatMap((result) => (result.status === "rejected" ? [result.reason as unknown] : []));
    expect(reasons.length).toBeGreaterThan(10);
    for (const reason of reasons) expect(reason).toMatchObject({ code: "STORE_FULL", retryable: true });
    expect(await log.readStream("full0")).toHaveLength(1);
    await broker.close();
  });
});
