import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import { mkdir, statfs } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { NatsServerError, isNatsServerError } from "./errors.ts";
import { NatsServerProcess, type RunningServer } from "./nats-server-process.ts";
import { endOrphan, writePidFile } from "./pid-file.ts";
import { readPortsFile, removePortsFiles, type BoundPorts } from "./ports-file.ts";
import { runDir, serverArgs, type ServerAddress, type ServerLayout } from "./server-args.ts";
import { spawnBound } from "./spawn-bound.ts";
import { startFailure, storeDirFailure } from "./start-failure.ts";

export interface StartNatsServerOptions extends Omit<ServerLayout, "storeDir"> {
  readonly binary: string;
  /** Created when missing. One server at a time; JetStream's files lie below `<storeDir>/jetstream`. */
  readonly storeDir: string;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default -1: the system chooses a free port. */
  readonly port?: number;
  readonly monitorPort?: number;
  /** How many cores it may use at a time (Go's GOMAXPROCS). Default: what the environment says, else all of them. */
  readonly cores?: number | undefined;
  /** Default `<storeDir>/run/nats-server.log`; appended to. */
  readonly logFile?: string;
  /** Until it accepts connections, recovery of the store included. Default 30 s. */
  readonly startTimeoutMs?: number;
  /** Between SIGTERM and SIGKILL in `stop()`. Default 10 s. */
  readonly stopTimeoutMs?: number;
  /** Aborted: the start is given up, and rejects with the signal's reason. The server that was starting is gone then. */
  readonly signal?: AbortSignal;
}

const pollMs = 10;
const minimumFreeBytes = 16 * 1024 * 1024;
const portRetryMs = 5_000;

/**
 * Starts a JetStream server and resolves when it accepts connections. It ends when this process ends.
 *
 * @throws NatsServerError PORT_IN_USE, STORE_DIR_IN_USE, STORE_DIR_UNWRITABLE, DISK_FULL, CONFIG_INVALID, START_FAILED,
 *   START_TIMED_OUT; the message holds the server's own line.
 */
export async function startNatsServer(options: StartNatsServerOptions): Promise<NatsServerProcess> {
  const storeDir = resolve(options.storeDir);
  const layout = { ...options, storeDir };
  const host = options.host ?? "127.0.0.1";
  const { signal } = options;
  const first = await launch(layout, { host, port: options.port ?? -1, monitorPort: options.monitorPort }, signal);
  const { port, monitorUrl } = first.bound;
  const monitorPort = monitorUrl === undefined ? undefined : Number(new URL(monitorUrl).port);
  return new NatsServerProcess({
    host,
    storeDir,
    logFile: logFileOf(layout),
    stopTimeoutMs: options.stopTimeoutMs ?? 10_000,
    first,
    relaunch: (signal) => relaunch(layout, { host, port, monitorPort }, signal),
  });
}

/** A chosen port lies in the range of outgoing connections, so another socket may hold it for a moment between two runs. */
async function relaunch(
  options: StartNatsServerOptions,
  address: ServerAddress,
  signal: AbortSignal | undefined,
): Promise<RunningServer> {
  for (const deadlineMs = Date.now() + portRetryMs; ;) {
    try {
      return await launch(options, address, signal);
    } catch (error) {
      if (!isNatsServerError(error, "PORT_IN_USE") || Date.now() > deadlineMs) throw error;
      await delay(100);
    }
  }
}

async function launch(
  options: StartNatsServerOptions,
  address: ServerAddress,
  signal: AbortSignal | undefined,
): Promise<RunningServer> {
  const { storeDir } = options;
  await prepareStoreDir(storeDir);
  signal?.throwIfAborted();
  const logFile = logFileOf(options);
  const log = openSync(logFile, "a");
  const logStart = fstatSync(log).size;
  let child;
  try {
    child = spawnBound(options.binary, serverArgs(options, address), log, environment(options.cores));
  } finally {
    closeSync(log);
  }
  const running = { child, exited: exitOf(child) };
  const readLog = (): string => readFileSync(logFile).subarray(logStart).toString("utf8");
  const bound = await untilReady(running, options, readLog, signal);
  return { ...running, bound };
}

function environment(cores: number | undefined): NodeJS.ProcessEnv {
  return cores === undefined ? process.env : { ...process.env, GOMAXPROCS: String(cores) };
}

async function prepareStoreDir(storeDir: string): Promise<void> {
  let freeBytes: number;
  try {
    await mkdir(runDir(storeDir), { recursive: true });
    await removePortsFiles(runDir(storeDir));
    const { bavail, bsize } = await statfs(storeDir);
    freeBytes = bavail * bsize;
  } catch (error) {
    throw storeDirFailure(storeDir, error);
  }
  // The server itself would start on a full disk and then refuse every append.
  if (freeBytes < minimumFreeBytes) {
    throw new NatsServerError("DISK_FULL", `Only ${freeBytes} bytes are free for ${storeDir}`);
  }
  await endOrphan(storeDir);
}

async function untilReady(
  { child, exited }: Omit<RunningServer, "bound">,
  options: StartNatsServerOptions,
  readLog: () => string,
  signal: AbortSignal | undefined,
): Promise<BoundPorts> {
  let ended: string | undefined;
  void exited.then((exit) => (ended = exit));
  const pid = child.pid;
  if (pid === undefined) throw startFailure("", await exited);
  await writePidFile(options.storeDir, pid);
  const timeoutMs = options.startTimeoutMs ?? 30_000;
  const deadlineMs = Date.now() + timeoutMs;
  for (; Date.now() < deadlineMs && signal?.aborted !== true; await delay(pollMs)) {
    if (ended !== undefined) throw startFailure(readLog(), ended);
    const bound = await readPortsFile(runDir(options.storeDir), pid);
    if (bound !== undefined) return bound;
  }
  child.kill("SIGKILL");
  await exited;
  signal?.throwIfAborted();
  throw new NatsServerError("START_TIMED_OUT", `nats-server was not ready within ${timeoutMs} ms`);
}

/** Resolves, never rejects, with how the process ended: `exit code 1`, `SIGKILL`, or why it could not start. */
function exitOf(child: RunningServer["child"]): Promise<string> {
  return new Promise((settle) => {
    child.once("error", (error) => settle(error.message));
    child.once("exit", (code, signal) => settle(signal ?? `exit code ${code}`));
  });
}

function logFileOf(options: StartNatsServerOptions): string {
  return options.logFile ?? join(runDir(options.storeDir), "nats-server.log");
}
