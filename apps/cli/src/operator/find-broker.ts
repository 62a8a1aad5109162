import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Config } from "@p4/config";
import { CliError } from "../cli-error.ts";

/** Where the log is. */
export interface BrokerAddress {
  /** May hold credentials: not for messages. */
  readonly url: string;
  /** `P4_NATS_URL`, or the file that told. */
  readonly foundBy: string;
  /** Base URL of the server's monitoring port, where it is known: it alone tells whether writes are synced. */
  readonly monitorUrl: string | null;
  /** Of the development miner that runs beside it, which has the block headers of its own little chain. */
  readonly minerUrl: string | null;
}

/**
 * The broker that the environment names, else the one of the system that runs on this machine out of `P4_DATA_DIR`.
 *
 * @throws CliError (unreachable)
 */
export async function findBroker(
  config: Pick<Config, "natsUrl" | "natsMonitorUrls" | "dataDir">,
): Promise<BrokerAddress> {
  const { natsUrl, natsMonitorUrls, dataDir } = config;
  if (natsUrl !== null) {
    return { url: natsUrl.join(","), foundBy: "P4_NATS_URL", monitorUrl: natsMonitorUrls?.[0] ?? null, minerUrl: null };
  }
  const running = (await fromStackFile(dataDir)) ?? (await fromPortsFile(dataDir));
  if (running !== null) return running;
  throw new CliError(
    "unreachable",
    `no broker: P4_NATS_URL is not set, and nothing runs out of ${dataDir}`,
    "Set P4_NATS_URL, or start the system with `npm start`, or set P4_DATA_DIR to its directory.",
    "NO_BROKER",
  );
}

/** Written by `npm start`. */
async function fromStackFile(dataDir: string): Promise<BrokerAddress | null> {
  const path = join(dataDir, "stack.json");
  const { natsUrl, pid, monitorUrl, endpoints } = await readJson(path);
  if (typeof natsUrl !== "string" || typeof pid !== "number" || !isAlive(pid)) return null;
  return {
    url: natsUrl,
    foundBy: path,
    monitorUrl: typeof monitorUrl === "string" ? monitorUrl : null,
    minerUrl: minerAmong(endpoints),
  };
}

function minerAmong(endpoints: unknown): string | null {
  const known = (Array.isArray(endpoints) ? endpoints : []) as readonly { app?: unknown; url?: unknown }[];
  const url = known.find(({ app }) => app === "miner")?.url;
  return typeof url === "string" ? url : null;
}

/** Written by nats-server itself, as `<executable>_<pid>.ports`. A killed server leaves its file behind. */
async function fromPortsFile(dataDir: string): Promise<BrokerAddress | null> {
  const dir = join(dataDir, "nats", "run");
  const names: readonly string[] = await readdir(dir).catch(() => []);
  for (const name of names) {
    const pid = /_(\d+)\.ports$/.exec(name)?.[1];
    if (pid === undefined || !isAlive(Number(pid))) continue;
    const { nats, monitoring } = await readJson(join(dir, name));
    const [url, monitorUrl] = [firstText(nats), firstText(monitoring)];
    if (url !== null) return { url, foundBy: join(dir, name), monitorUrl, minerUrl: null };
  }
  return null;
}

/** An unreadable file is as good as none: it may be half written. */
async function readJson(path: string): Promise<Record<string, unknown>> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as Record<string, unknown>;
  } catch {
    return {};
  }
}

function firstText(list: unknown): string | null {
  const first: unknown = Array.isArray(list) ? list[0] : null;
  return typeof first === "string" ? first : null;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // It lives, under another user.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
