import { randomUUID } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { createUserKey, userKeyOf } from "@p4/nats";

/**
 * The public key of the login in this file. Made at the first start, for its user alone: the seed is shown to nothing and
 * never leaves the file, and another user of this machine who reaches the broker's port is refused.
 *
 * @throws Error for a file that holds no seed, or cannot be written
 */
export async function brokerLogin(file: string): Promise<string> {
  const kept = await seedIn(file);
  if (kept !== null) return keyOf(kept, file);
  const { seed, publicKey } = createUserKey();
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, `${seed}\n`, { mode: 0o600, flag: "wx" });
  try {
    // Whole or not at all, and never in place of another's: a broker that runs knows that one alone.
    await link(draft, file);
    return publicKey;
  } catch (error) {
    const made = (error as NodeJS.ErrnoException).code === "EEXIST" ? await seedIn(file) : null;
    if (made === null) throw error;
    return keyOf(made, file);
  } finally {
    await rm(draft, { force: true });
  }
}

async function seedIn(file: string): Promise<string | null> {
  try {
    return (await readFile(file, "utf8")).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

function keyOf(seed: string, file: string): string {
  try {
    return userKeyOf(seed).publicKey;
  } catch {
    // The cause might show part of the seed.
    throw new Error(`${file} holds no nkey seed: delete it, and the next start makes one`);
  }
}
