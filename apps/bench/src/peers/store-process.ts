import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { spawnBound } from "@p4/nats-server";

/** A program that listens on a port of loopback, and ends with this process. */
export interface StoreProcess {
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
}

const startLimitMs = 30_000;

/** @throws Error when it ends before it listens, or does not listen in time; its words are in `<folder>/log` */
export async function startStoreProcess(
  program: string,
  args: readonly string[],
  port: number,
  { folder, env }: { readonly folder: string; readonly env: NodeJS.ProcessEnv },
): Promise<StoreProcess> {
  const log = openSync(join(folder, "log"), "a");
  const child = spawnBound(program, args, log, env);
  closeSync(log);
  const exited = once(child, "exit");
  exited.catch(() => undefined);
  const stop = async (): Promise<void> => {
    child.kill("SIGINT");
    await exited.catch(() => undefined);
  };
  for (const deadlineMs = performance.now() + startLimitMs; !(await listens(port)); await delay(20)) {
    if (child.exitCode !== null || child.pid === undefined) throw new Error(`${program} ended before it listened`);
    if (performance.now() < deadlineMs) continue;
    await stop();
    throw new Error(`${program} does not listen`);
  }
  return { port, pid: child.pid ?? 0, stop };
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  const connected = await once(socket, "connect").then(
    () => true,
    () => false,
  );
  socket.destroy();
  return connected;
}
