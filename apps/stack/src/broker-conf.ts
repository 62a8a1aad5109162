import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Config } from "@p4/config";
import { repositoryNatsConf } from "@p4/nats-server";

/** nats-server's own interval: what it acknowledges may be lost with the power for so long. */
const lazySync = `sync_interval: "2m"`;
const promisedSync = /^( *)sync_interval: always$/m;

/**
 * The file that configures the embedded broker: the repository's, or its copy in the data directory with the lazy sync
 * that P4_SYNC=interval asks for. nats-server has no command line option for it.
 */
export async function brokerConf({ sync, dataDir }: Pick<Config, "sync" | "dataDir">): Promise<string> {
  if (sync === "always") return repositoryNatsConf;
  const promised = await readFile(repositoryNatsConf, "utf8");
  if (!promisedSync.test(promised)) throw new Error(`${repositoryNatsConf} has no line "sync_interval: always"`);
  const file = join(dataDir, "nats.conf");
  await writeFile(file, promised.replace(promisedSync, `$1${lazySync}`));
  return file;
}
