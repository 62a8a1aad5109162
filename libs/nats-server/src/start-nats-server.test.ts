import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { freePort } from "./free-port.ts";
import { findNatsServer } from "./find-nats-server.ts";
import type { NatsServerProcess } from "./nats-server-process.ts";
import { processIdentity } from "./process-identity.ts";
import { repositoryNatsConf } from "./repository-config.ts";
import { startNatsServer, type StartNatsServerOptions } from "./start-nats-server.ts";

let binary: string;
let dir: string;
let started: NatsServerProcess[];

beforeAll(async () => {
  ({ path: binary } = await findNatsServer());
});

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "p4-nats-server-"));
  started = [];
});

afterEach(async () => {
  await Promise.all(started.map((server) => server.stop()));
  await rm(dir, { recursive: true, force: true });
});

async function start(options: Partial<StartNatsServerOptions> = {}): Promise<NatsServerProcess> {
  const server = await startNatsServer({ binary, storeDir: join(dir, "store"), ...options });
  started.push(server);
  return server;
}

async function healthz(server: NatsServerProcess): Promise<number> {
  return (await fetch(`${server.monitorUrl}/healthz`, { signal: AbortSignal.timeout(30_000) })).status;
}

function answersWithin(server: NatsServerProcess, timeoutMs: number): Promise<boolean> {
  return fetch(`${server.monitorUrl}/healthz`, { signal: AbortSignal.timeout(timeoutMs) }).then(
    () => true,
    () => false,
  );
}

describe("a started server", () => {
  test("listens on a random port with JetStream and the repository's durability", async () => {
    const server = await start({ configFile: repositoryNatsConf, monitorPort: -1 });
    expect(server.port).toBeGreaterThan(0);
    expect(server.url).toBe(`nats://127.0.0.1:${server.port}`);
    expect(await healthz(server)).toBe(200);
    const varz = (await (await fetch(`${server.monitorUrl}/varz`)).json()) as {
      jetstream: { config: { sync_always?: boolean; store_dir: string } };
      max_payload: number;
    };
    expect(varz.jetstream.config.sync_always).toBe(true);
    expect(varz.jetstream.config.store_dir).toBe(join(dir, "store", "jetstream"));
    expect(varz.max_payload).toBe(2 * 1024 * 1024);
  });

  test("uses no more cores than it is given, after a restart too", async () => {
    const server = await start({ monitorPort: -1, cores: 1 });
    const coresUsed = async (): Promise<number> => {
      const varz = await fetch(`${server.monitorUrl}/varz`);
      return ((await varz.json()) as { gomaxprocs: number }).gomaxprocs;
    };
    expect(await coresUsed()).toBe(1);
    await server.kill();
    await server.restart();
    expect(await coresUsed()).toBe(1);
  });

  test("stops on SIGTERM and leaves no process", async () => {
    const server = await start();
    const { pid } = server;
    await server.stop();
    expect(await server.exited).toBe("exit code 0");
    expect(processIdentity(pid)).toBeUndefined();
    await server.stop();
  });

  test("stops although it is paused", async () => {
    const server = await start();
    await server.pause();
    await server.stop();
    expect(server.isRunning).toBe(false);
  });

  test("restarts on the same port and store after a kill", async () => {
    const server = await start({ monitorPort: -1 });
    const { url, pid, monitorUrl } = server;
    await server.kill();
    expect(await server.exited).toBe("SIGKILL");
    await server.restart();
    expect(server.url).toBe(url);
    expect(server.monitorUrl).toBe(monitorUrl);
    expect(server.pid).not.toBe(pid);
    expect(await healthz(server)).toBe(200);
  });

  test("gives up a start or a restart when told to, and leaves no process", async () => {
    const gaveUp = new Error("given up");
    const aborted = AbortSignal.abort(gaveUp);
    await expect(start({ signal: aborted })).rejects.toBe(gaveUp);
    const stopping = new AbortController();
    // A program that never says where it listens.
    const binary = join(dir, "mute");
    await writeFile(binary, '#!/bin/sh\necho $$ > "$(dirname "$0")/pid"\nexec sleep 600\n', { mode: 0o755 });
    const starting = expect(start({ binary, signal: stopping.signal })).rejects.toBe(gaveUp);
    const pid = await pidIn(join(dir, "pid"));
    stopping.abort(gaveUp);
    await starting;
    expect(processIdentity(pid)).toBeUndefined();
    const server = await start();
    await server.kill();
    await expect(server.restart(aborted)).rejects.toBe(gaveUp);
    await server.restart();
    expect(server.isRunning).toBe(true);
  });

  test("keeps its connections silent while paused and answers when resumed", async () => {
    const server = await start({ monitorPort: -1 });
    await server.pause();
    expect(await answersWithin(server, 200)).toBe(false);
    server.resume();
    expect(await healthz(server)).toBe(200);
  });

  test("forms a cluster", async () => {
    const reserved = await Promise.all([freePort(), freePort()]);
    const routes = reserved.map((port) => `nats://127.0.0.1:${port}`);
    const servers = await Promise.all(
      reserved.map((port, index) =>
        start({
          storeDir: join(dir, `n${index}`),
          serverName: `n${index}`,
          monitorPort: -1,
          cluster: { name: "test", port, routes },
        }),
      ),
    );
    const routesOf = async (server: NatsServerProcess): Promise<number> =>
      ((await (await fetch(`${server.monitorUrl}/routez`)).json()) as { num_routes: number }).num_routes;
    for (const server of servers) while ((await routesOf(server)) === 0) await delay(20);
  });
});

describe("a start that fails says why", () => {
  test("port in use", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    const failure = start({ port });
    await expect(failure).rejects.toMatchObject({ code: "PORT_IN_USE", retryable: true });
    await expect(failure).rejects.toThrow(`127.0.0.1:${port}`);
    server.close();
  });

  test("invalid configuration, with file, line and field", async () => {
    const configFile = join(dir, "bad.conf");
    await writeFile(configFile, "jetstream { sync_intervall: always }\n");
    const failure = start({ configFile });
    await expect(failure).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    await expect(failure).rejects.toThrow(/bad\.conf:1:\d+: unknown field "sync_intervall"/);
  });

  test("store directory below a file", async () => {
    const file = join(dir, "file");
    await writeFile(file, "");
    await expect(start({ storeDir: join(file, "store") })).rejects.toMatchObject({ code: "STORE_DIR_UNWRITABLE" });
  });

  test("binary that does not exist", async () => {
    await expect(start({ binary: join(dir, "none") })).rejects.toMatchObject({ code: "START_FAILED" });
  });
});

describe("one store, one server", () => {
  test("a second server on a store in use is refused and the first lives on", async () => {
    const first = await start({ monitorPort: -1 });
    await expect(start()).rejects.toMatchObject({ code: "STORE_DIR_IN_USE" });
    expect(await healthz(first)).toBe(200);
  });

  test("a server whose owner was killed does not outlive it, or is ended at the next start", async () => {
    const storeDir = join(dir, "store");
    const orphanPid = await startInOtherProcess(storeDir);
    const server = await start({ monitorPort: -1 });
    expect(processIdentity(orphanPid)).toBeUndefined();
    expect(await healthz(server)).toBe(200);
  });

  test("a server that outlived its owner all the same is ended, also when it is paused", async () => {
    const storeDir = join(dir, "store");
    await mkdir(join(storeDir, "run"), { recursive: true });
    const orphan = spawn(binary, ["-a", "127.0.0.1", "-p", "-1", "-js", "-sd", storeDir], { stdio: "ignore" });
    const ended = once(orphan, "exit");
    const pid = orphan.pid ?? -1;
    const content = { server: { pid, identity: processIdentity(pid) }, owner: { pid: 1, identity: "0" } };
    await writeFile(join(storeDir, "run", "nats-server.pid"), JSON.stringify(content));
    orphan.kill("SIGSTOP");
    await start();
    await ended;
    expect(processIdentity(pid)).toBeUndefined();
  });

  test("a foreign process with a remembered pid is not touched", async () => {
    const server = await start();
    const pidFile = join(server.storeDir, "run", "nats-server.pid");
    const content = JSON.parse(await readFile(pidFile, "utf8")) as Record<string, unknown>;
    await server.stop();
    const foreign = spawn("sleep", ["60"]);
    await once(foreign, "spawn");
    const stale = { server: { pid: foreign.pid, identity: "1" }, owner: { pid: 1, identity: "0" } };
    await writeFile(pidFile, JSON.stringify({ ...content, ...stale }));
    await start();
    expect(processIdentity(foreign.pid ?? -1)).toBeDefined();
    foreign.kill("SIGKILL");
  });
});

async function pidIn(file: string): Promise<number> {
  for (;;) {
    const pid = Number(await readFile(file, "utf8").catch(() => ""));
    if (pid > 0) return pid;
    await delay(10);
  }
}

/** Starts a server from another process and ends that process with SIGKILL; gives the server's pid. */
async function startInOtherProcess(storeDir: string): Promise<number> {
  const module = new URL("./start-nats-server.ts", import.meta.url).href;
  const script = `import(${JSON.stringify(module)}).then(async ({ startNatsServer }) => {
    const server = await startNatsServer(${JSON.stringify({ binary, storeDir })});
    console.log(server.pid);
  });`;
  const owner = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(owner.stdout, "data")) as [Buffer];
  owner.kill("SIGKILL");
  await once(owner, "exit");
  return Number(line.toString("utf8"));
}
