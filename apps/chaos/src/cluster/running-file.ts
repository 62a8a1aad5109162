import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { System } from "../system/system.ts";

/** Where data lies and how: what `p4` needs to know of a system that it did not start. */
const handedOn = ["P4_REGION", "P4_SHARDS", "P4_REPLICAS", "P4_LOG_RETENTION"] as const;

/**
 * Tells `p4` with this folder as P4_DATA_DIR where the brokers are, and how the system was started. Returns what takes the
 * file away again.
 */
export async function writeRunningFile(
  dir: string,
  system: Pick<System, "natsUrl" | "brokers">,
  settings: Readonly<Record<string, string>>,
): Promise<() => Promise<void>> {
  const path = join(dir, "stack.json");
  const running = {
    pid: process.pid,
    natsUrl: system.natsUrl,
    monitorUrls: system.brokers.brokers.map(({ monitorUrl }) => monitorUrl),
    settings: Object.fromEntries(
      handedOn.flatMap((name) => (settings[name] === undefined ? [] : [[name, settings[name]]])),
    ),
    endpoints: [],
  };
  // Brokers' addresses are for who may use them.
  await writeFile(path, JSON.stringify(running, null, 2), { mode: 0o600 });
  return () => rm(path, { force: true });
}
