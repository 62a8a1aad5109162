import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { repositoryNatsConf } from "@p4/nats-server";

/**
 * Writes the file that configures the embedded broker, into the data directory: the repository's, with the one user who may
 * log in, by public key. Returns its path.
 */
export async function brokerConf(dataDir: string, user: string): Promise<string> {
  const common = await readFile(repositoryNatsConf, "utf8");
  const file = join(dataDir, "nats.conf");
  await writeFile(file, `${common}\nauthorization { users: [ { nkey: ${user} } ] }\n`, { mode: 0o600 });
  return file;
}
