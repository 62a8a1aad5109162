import { access as mayUse, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Config } from "@p4/config";
import type { BrokerAccess } from "@p4/nats";
import { brokerAccessOf } from "@p4/app/broker-access-of";
import { CliError } from "../cli-error.ts";
import { loginFileIn } from "./login-file.ts";
import { configured } from "./read-config.ts";

/** Where the log is. */
export interface BrokerAddress {
  /** May hold credentials: not for messages. */
  readonly url: string;
  readonly access: BrokerAccess;
  /** `P4_NATS_URL`, or the file that told. */
  readonly foundBy: string;
  /** Base URLs of the servers' monitoring ports, where they are known: they alone tell whether writes are synced. */
  readonly monitorUrls: readonly string[];
  /** Of the development miner that runs beside it, which has the block headers of its own little chain. */
  readonly minerUrl: string | null;
  /** How the running system was started: variables that hold where the environment does not set them. */
  readonly settings: Readonly<Record<string, string>>;
}

/**
 * The broker that the environment names, else the one of the system that runs on this machine out of `P4_DATA_DIR`.
 *
 * @throws CliError (unreachable, misuse)
 */
export async function findBroker(
  config: Pick<Config, "natsUrl" | "natsCredentials" | "natsMonitorUrls" | "dataDir">,
): Promise<BrokerAddress> {
  const { natsUrl, natsMonitorUrls, dataDir } = config;
  if (natsUrl !== null) {
    const known = { monitorUrls: natsMonitorUrls ?? [], minerUrl: null, settings: {} };
    return {
      url: natsUrl.join(","),
      access: configured(() => brokerAccessOf(config)),
      foundBy: "P4_NATS_URL",
      ...known,
    };
  }
  const running =
    (await fromStackFile(dataDir)) ?? (await fromPortsFile(dataDir)) ?? (await fromStackFile(join(dataDir, "cluster")));
  if (running !== null) return running;
  throw new CliError(
    "unreachable",
    `no broker: P4_NATS_URL is not set, and nothing runs out of ${dataDir}`,
    "Set P4_NATS_URL, or start the system with `npm start`, or set P4_DATA_DIR to its directory.",
    "NO_BROKER",
  );
}

/** Written by `npm start` and, into a folder of its own, by `npm run cluster`. */
async function fromStackFile(dataDir: string): Promise<BrokerAddress | null> {
  const path = join(dataDir, "stack.json");
  const {
    natsUrl,
    needsLogin,
    pid,
    monitorUrl,
    monitorUrls = [monitorUrl],
    endpoints,
    settings,
    natsCredentials,
  } = await readJson(path);
  if (typeof natsUrl !== "string" || typeof pid !== "number" || !isAlive(pid)) return null;
  if (needsLogin === true) {
    const nextStep = "Set P4_NATS_URL as the running system has it.";
    throw new CliError(
      "unreachable",
      `the broker at ${natsUrl} wants a login, which ${path} does not keep`,
      nextStep,
      "NO_BROKER",
    );
  }
  return {
    url: natsUrl,
    access: accessBy(texts(natsCredentials)),
    foundBy: path,
    monitorUrls: texts(monitorUrls),
    minerUrl: urlAmong(endpoints, "miner"),
    settings: settingsAmong(settings),
  };
}

/** The files that the running system shows its broker; their content is for who may read them. */
function accessBy(credentials: readonly string[]): BrokerAccess {
  const natsCredentials = credentials.length === 0 ? null : credentials;
  return configured(() => brokerAccessOf({ natsUrl: null, natsCredentials }));
}

function urlAmong(endpoints: unknown, name: string): string | null {
  const known = (Array.isArray(endpoints) ? endpoints : []) as readonly { app?: unknown; url?: unknown }[];
  const url = known.find(({ app }) => app === name)?.url;
  return typeof url === "string" ? url : null;
}

/** Where an app of the system that runs out of this directory answers, as an http origin; null: nothing runs, or not it. */
export async function runningEndpoint(dataDir: string, app: "edge"): Promise<string | null> {
  const { pid, endpoints } = await readJson(join(dataDir, "stack.json"));
  const url = typeof pid === "number" && isAlive(pid) ? urlAmong(endpoints, app) : null;
  const plain = url?.replace(/^ws/, "http").replace(/[<{].*$/, "") ?? "";
  return URL.canParse(plain) ? new URL(plain).origin : null;
}

/** Written by nats-server itself, as `<executable>_<pid>.ports`. A killed server leaves its file behind. */
async function fromPortsFile(dataDir: string): Promise<BrokerAddress | null> {
  const dir = join(dataDir, "nats", "run");
  const names: readonly string[] = await readdir(dir).catch(() => []);
  for (const name of names) {
    const pid = /_(\d+)\.ports$/.exec(name)?.[1];
    if (pid === undefined || !isAlive(Number(pid))) continue;
    const { nats, monitoring } = await readJson(join(dir, name));
    const [url] = texts(nats);
    if (url === undefined) continue;
    const login = loginFileIn(dataDir);
    const hasLogin = await mayUse(login).then(
      () => true,
      () => false,
    );
    return {
      url,
      access: accessBy(hasLogin ? [login] : []),
      foundBy: join(dir, name),
      monitorUrls: texts(monitoring).slice(0, 1),
      minerUrl: null,
      settings: {},
    };
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

function texts(list: unknown): string[] {
  return Array.isArray(list) ? list.filter((each): each is string => typeof each === "string") : [];
}

/** What may be learned from a file are places of data, no secrets and no addresses. */
const learned = ["P4_REGION", "P4_SHARDS", "P4_REPLICAS", "P4_LOG_RETENTION"] as const;

function settingsAmong(settings: unknown): Record<string, string> {
  const given = (typeof settings === "object" && settings !== null ? settings : {}) as Record<string, unknown>;
  return Object.fromEntries(
    learned.flatMap((variable) => {
      const value = given[variable];
      return typeof value === "string" ? [[variable, value]] : [];
    }),
  );
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // It lives, under another user.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
