import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { loadConfig, type Environment } from "@p4/config";

/** In the data directory; `p4 token` looks there too. */
const fileName = "join.secret";

/**
 * The policy `token` on one machine needs no secret from its operator: one is made at the first start and kept. Where a broker
 * is shared, other machines would not have it.
 *
 * @throws ConfigError, Error for a data directory that cannot be written
 */
export async function withJoinSecret(environment: Environment): Promise<Environment> {
  const isSet = (variable: string): boolean => (environment[variable] ?? "").trim() !== "";
  const isWanted = environment["P4_JOIN_POLICY"]?.trim() === "token";
  if (!isWanted || isSet("P4_JOIN_SECRET") || isSet("P4_NATS_URL")) return environment;
  const { dataDir } = loadConfig({ ...environment, P4_JOIN_POLICY: "" });
  const path = join(dataDir, fileName);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  try {
    await writeFile(path, `${randomBytes(32).toString("base64url")}\n`, { flag: "wx", mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  return { ...environment, P4_JOIN_SECRET: `file:${path}` };
}
