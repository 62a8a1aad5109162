import { delimiter, join } from "node:path";
import { freePort } from "@p4/nats-server/testing";
import { debianFiles } from "./debian-programs.ts";
import { exists, run } from "./install-once.ts";
import { startStoreProcess, type StoreProcess } from "./store-process.ts";

export interface Redis extends StoreProcess {
  readonly version: string;
}

/** A Redis that has each write on its disk before it answers, as `appendfsync always` says; its files lie in `folder`. */
export async function startRedis(folder: string): Promise<Redis> {
  const { program, env } = await findRedis();
  const [, version = "?"] = /v=(\S+)/.exec(await run(program, ["--version"], { env })) ?? [];
  const port = await freePort();
  const settings = { port, bind: "127.0.0.1", dir: folder, appendonly: "yes", appendfsync: "always", save: "" };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  return { version, ...(await startStoreProcess(program, args, port, { folder, env })) };
}

async function findRedis(): Promise<{ program: string; env: NodeJS.ProcessEnv }> {
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    const program = join(folder, "redis-server");
    if (await exists(program)) return { program, env: process.env };
  }
  const { root, env } = await debianFiles("redis-server");
  return { program: join(root, "usr", "bin", "redis-server"), env };
}
