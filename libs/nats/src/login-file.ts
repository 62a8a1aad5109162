import { randomUUID } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { createUserKey, userKeyOf } from "./user-key.ts";

/** The public part of a login: what the broker's configuration has. */
export interface LoginFile {
  readonly publicKey: string;
  /** Made just now. */
  readonly isNew: boolean;
}

/**
 * The nkey in this file, made at the first time, for its user alone: the seed is shown to nothing and never leaves the file.
 *
 * @throws Error for a file that holds no seed, or cannot be read or written
 */
export async function openLoginFile(file: string): Promise<LoginFile> {
  const kept = await seedIn(file);
  if (kept !== null) return { publicKey: keyOf(kept, file), isNew: false };
  const { seed, publicKey } = createUserKey();
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, `${seed}\n`, { mode: 0o600, flag: "wx" });
  try {
    // Whole or not at all, and never in place of another's: a broker that runs knows that one alone.
    await link(draft, file);
    return { publicKey, isNew: true };
  } catch (error) {
    const made = (error as NodeJS.ErrnoException).code === "EEXIST" ? await seedIn(file) : null;
    if (made === null) throw error;
    return { publicKey: keyOf(made, file), isNew: false };
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
    const { publicKey } = userKeyOf(seed);
    if (publicKey.startsWith("U")) return publicKey;
  } catch {
    // The cause might show part of the seed.
  }
  throw new Error(`${file} holds no nkey seed of a user: delete it, and a new one is made`);
}
