import { chmod, link, mkdir, open, readFile, stat, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { HD } from "@bsv/sdk";
import { randomId } from "@p4/node-crypto";
import { PaydError } from "../errors.ts";

/**
 * The wallet's master key (BIP32); null when there is no file. The key is never logged. Throws PaydError PAYD_KEY_FILE when
 * the file is damaged or others may read it.
 */
export async function loadMasterKey(path: string): Promise<HD | null> {
  let text: string;
  try {
    const { mode } = await stat(path);
    if (process.platform !== "win32" && (mode & 0o077) !== 0) {
      throw new PaydError("PAYD_KEY_FILE", `${path} can be read by others: chmod 600 ${path}`);
    }
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
  try {
    return HD.fromString(text.trim());
  } catch {
    // The sdk's own message could quote the key.
    throw new PaydError(
      "PAYD_KEY_FILE",
      `${path} does not hold a BIP32 master key (xprv...): restore it from your backup`,
    );
  }
}

/**
 * Makes the key, for its owner's eyes alone. Complete or absent, also after a crash, and never over another process's key,
 * which is given instead: written aside, then linked into place.
 */
export async function createMasterKey(path: string): Promise<HD> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const key = HD.fromRandom();
  const aside = `${path}.${randomId(6)}`;
  const file = await open(aside, "wx", 0o600);
  try {
    await file.writeFile(`${key.toString()}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    await chmod(aside, 0o600);
    await link(aside, path);
    return key;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return (await loadMasterKey(path)) as HD;
  } finally {
    await unlink(aside);
  }
}
