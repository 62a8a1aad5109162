import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Config } from "@p4/config";
import { repositoryNatsConf } from "@p4/nats-server";

/** nats-server's own interval: what it acknowledges may be lost with the power for so long. */
const lazySync = `sync_interval: "2m"`;
const promisedSync = /^( *)sync_interval: always$/m;

/**
 * Writes the file that configures the embedded broker, into the data directory: the repository's, with the one user who may
 * log in, by public key, and with the lazy sync that P4_SYNC=interval asks for. Returns its path.
 */
export async function brokerConf({ sync, dataDir }: Pick<Config, "sync" | "dataDir">, user: string): Promise<string> {
  const promised = await readFile(repositoryNatsConf, "utf8");
  if (!promisedSync.test(promised)) throw new Error(`${repositoryNatsConf} has no line "sync_interval: always"`);
  const synced = sync === "always" ? promised : promised.replace(promisedSync, `$1${lazySync}`);
  const file = join(dataDir, "nats.conf");
  await writeFile(file, `${synced}\nauthorization { users: [ { nkey: ${user} } ] }\n`, { mode: 0o600 });
  return file;
}
