import { rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { withoutLogin } from "@p4/config";
import type { StackContext } from "./start-apps.ts";

const stackFileName = "stack.json";

/**
 * Tells `p4` where the running system is, and in which files its login to the broker is; for its user alone. A login that is
 * written in P4_NATS_URL is kept out: users of `p4` then name it there.
 */
export async function writeStackFile({ config, natsUrl, endpoints }: StackContext): Promise<void> {
  const urls = natsUrl.split(",").map(withoutLogin).join(",");
  const state = {
    pid: process.pid,
    natsUrl: urls,
    needsLogin: urls !== natsUrl,
    natsCredentials: (config.natsCredentials ?? []).map((path) => resolve(path)),
    monitorUrl: config.natsMonitorUrls?.[0] ?? null,
    endpoints,
    settings: placesOf(config),
  };
  // One that a killed system has left behind may be readable for all.
  await removeStackFile(config.dataDir);
  await writeFile(pathIn(config.dataDir), JSON.stringify(state, null, 2), { mode: 0o600 });
}

/** Where the running system keeps its data: `p4` started with other settings would look elsewhere and find nothing. */
function placesOf({ region, shards, replicas, logRetentionMs }: StackContext["config"]): Record<string, string> {
  return {
    P4_REGION: region,
    P4_SHARDS: String(shards),
    P4_REPLICAS: String(replicas),
    P4_LOG_RETENTION: `${String(logRetentionMs)}ms`,
  };
}

export function removeStackFile(dataDir: string): Promise<void> {
  return rm(pathIn(dataDir), { force: true });
}

const pathIn = (dataDir: string): string => join(dataDir, stackFileName);
