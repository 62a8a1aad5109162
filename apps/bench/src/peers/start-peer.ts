import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startServerProcess } from "../server-process.ts";
import type { Subject } from "../table/subjects.ts";
import { centrifugoWire, p4Wire, socketIoWire } from "../wires.ts";
import { freePort } from "@p4/nats-server/testing";
import { goProgram } from "./go-program.ts";
import { npmModules } from "./npm-modules.ts";
import { startPostgres } from "./postgres.ts";
import { startRedis } from "./redis.ts";
import { startStoreProcess } from "./store-process.ts";

/** What else stores a message before the other side sees it. Each is installed at its first start. */
export const peers = [
  { name: "Socket.IO + Redis Streams", start: startSocketIo },
  { name: "Centrifugo + Redis", start: startCentrifugo },
  { name: "ws + Postgres", start: startWsPostgres },
] as const;

const socketIo = { "socket.io": "4.8.4", "@socket.io/redis-streams-adapter": "0.3.1", redis: "6.3.1" };
const wsPostgres = { ws: "8.23.0", pg: "8.23.1" };
const centrifugo = { module: "github.com/centrifugal/centrifugo/v6", version: "v6.9.1" };

function startSocketIo(name: string): Promise<Subject> {
  return withFolder(async (folder, started) => {
    const modules = await npmModules("socket.io", socketIo);
    const redis = await startRedis(folder);
    started.push(redis);
    const url = `redis://127.0.0.1:${String(redis.port)}`;
    const server = await startServerProcess("./peers/socket-io-server.js", [modules, url]);
    started.push(server);
    const versions = `Socket.IO ${socketIo["socket.io"]}, Redis ${redis.version}, appendfsync always`;
    return { name, versions, wire: socketIoWire, port: server.port, pid: server.pid, brokerPid: redis.pid };
  });
}

function startCentrifugo(name: string): Promise<Subject> {
  return withFolder(async (folder, started) => {
    const program = await goProgram(centrifugo.module, centrifugo.version, "centrifugo");
    const redis = await startRedis(folder);
    started.push(redis);
    const port = await freePort();
    const config = {
      http_server: { address: "127.0.0.1", port },
      client: { insecure: true },
      engine: { type: "redis", redis: { address: `redis://127.0.0.1:${String(redis.port)}` } },
      channel: { without_namespace: { history_size: 512, history_ttl: "1h" } },
      log: { level: "warn" },
    };
    const file = join(folder, "config.json");
    await writeFile(file, JSON.stringify(config));
    const server = await startStoreProcess(program, ["--config", file], port, { folder, env: process.env });
    started.push(server);
    const versions = `Centrifugo ${centrifugo.version.slice(1)}, Redis ${redis.version}, appendfsync always`;
    return { name, versions, wire: centrifugoWire, port, pid: server.pid, brokerPid: redis.pid };
  });
}

function startWsPostgres(name: string): Promise<Subject> {
  return withFolder(async (folder, started) => {
    const modules = await npmModules("ws-pg", wsPostgres);
    const postgres = await startPostgres(folder);
    started.push(postgres);
    const server = await startServerProcess("./peers/ws-postgres-server.js", [modules, postgres.url]);
    started.push(server);
    const versions = `ws ${wsPostgres.ws}, Postgres ${postgres.version}, INSERT then deliver`;
    return { name, versions, wire: p4Wire, port: server.port, pid: server.pid, brokerPid: postgres.pid };
  });
}

interface Stoppable {
  stop(): Promise<void>;
}

/** A folder for the files of what is started, and the end of all of it, also when a start fails. */
async function withFolder(
  start: (folder: string, started: Stoppable[]) => Promise<Omit<Subject, "stop">>,
): Promise<Subject> {
  const folder = await mkdtemp(join(tmpdir(), "p4-bench-peer-"));
  const started: Stoppable[] = [];
  const stop = async (): Promise<void> => {
    for (const each of started.reverse()) await each.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    return { ...(await start(folder, started)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
