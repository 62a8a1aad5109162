import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { NatsServerError } from "./errors.ts";
import { processIdentity } from "./process-identity.ts";
import { runDir } from "./server-args.ts";

interface ProcessRef {
  readonly pid: number;
  readonly identity: string;
}

interface PidFile {
  readonly server: ProcessRef;
  readonly owner: ProcessRef;
}

const orphanDeadlineMs = 5_000;
const pollMs = 20;

/** Notes which server uses the store and who started it, for the next start after a kill -9 of the owner. */
export async function writePidFile(storeDir: string, serverPid: number): Promise<void> {
  const content = { server: processRef(serverPid), owner: processRef(process.pid) };
  await writeFile(pidFilePath(storeDir), JSON.stringify(content));
}

export async function removePidFile(storeDir: string): Promise<void> {
  await rm(pidFilePath(storeDir), { force: true });
}

/**
 * Makes sure that no other server uses the store: two on one store would corrupt it. A server whose owner is gone is
 * an orphan of ours and is ended. A process is known by pid and start time, so that a foreign process which got an old
 * pid is never touched.
 *
 * @throws NatsServerError STORE_DIR_IN_USE when its owner is alive, or the orphan does not end.
 */
export async function endOrphan(storeDir: string): Promise<void> {
  const file = await readPidFile(storeDir);
  if (file === undefined || !isAlive(file.server)) return removePidFile(storeDir);
  const { server, owner } = file;
  if (isAlive(owner)) {
    const message = `${storeDir} is in use by nats-server ${server.pid}, started by process ${owner.pid}`;
    throw new NatsServerError("STORE_DIR_IN_USE", message);
  }
  // SIGCONT first: a stopped process would never see the SIGTERM.
  for (const signal of ["SIGCONT", "SIGTERM", "SIGKILL"] as const) {
    if (await endsAfter(server, signal, signal === "SIGCONT" ? 0 : orphanDeadlineMs)) return removePidFile(storeDir);
  }
  throw new NatsServerError("STORE_DIR_IN_USE", `An orphaned nats-server ${server.pid} on ${storeDir} does not end`);
}

async function endsAfter(server: ProcessRef, signal: NodeJS.Signals, deadlineMs: number): Promise<boolean> {
  if (!isAlive(server)) return true;
  process.kill(server.pid, signal);
  for (let waitedMs = 0; waitedMs < deadlineMs; waitedMs += pollMs) {
    if (!isAlive(server)) return true;
    await delay(pollMs);
  }
  return false;
}

async function readPidFile(storeDir: string): Promise<PidFile | undefined> {
  try {
    return JSON.parse(await readFile(pidFilePath(storeDir), "utf8")) as PidFile;
  } catch {
    return undefined; // absent, or torn by a crash: then the owner is unknown
  }
}

function processRef(pid: number): ProcessRef {
  return { pid, identity: processIdentity(pid) ?? "" };
}

function isAlive(ref: ProcessRef): boolean {
  return processIdentity(ref.pid) === ref.identity;
}

function pidFilePath(storeDir: string): string {
  return join(runDir(storeDir), "nats-server.pid");
}
