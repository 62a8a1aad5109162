import { chmod, link, mkdir, open, readFile, rename, stat, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { HD } from "@bsv/sdk";
import { randomId } from "@p4/node-crypto";
import { isPaydError, PaydError } from "../errors.ts";
import { isSealed, openSealedText, sealText } from "./sealed-text.ts";

/**
 * The wallet's master key (BIP32); null when there is no file. The key is never logged. Throws PaydError PAYD_KEY_FILE when
 * the file is damaged or others may read it, PAYD_KEY_PASSPHRASE when it is encrypted and the passphrase is missing or another one.
 */
export async function loadMasterKey(path: string, passphrase: string | null = null): Promise<HD | null> {
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
    return HD.fromString(opened(text, path, passphrase).trim());
  } catch (error) {
    if (isPaydError(error)) throw error;
    // The sdk's own message could quote the key.
    throw new PaydError(
      "PAYD_KEY_FILE",
      `${path} does not hold a BIP32 master key (xprv...): restore it from your backup`,
    );
  }
}

/** Throws PAYD_KEY_PASSPHRASE. A key that lies open is taken with a passphrase too: `sealMasterKey` closes it. */
function opened(text: string, path: string, passphrase: string | null): string {
  if (!isSealed(text)) return text;
  const key = passphrase === null ? null : openSealedText(text, passphrase);
  if (key !== null) return key;
  const why =
    passphrase === null
      ? "is encrypted: put its passphrase into secrets/payd-passphrase"
      : "does not open with secrets/payd-passphrase";
  throw new PaydError("PAYD_KEY_PASSPHRASE", `${path} ${why}`);
}

/** Encrypts a key that lies open in its file. Complete or as it was, also after a crash. */
export async function sealMasterKey(path: string, passphrase: string): Promise<void> {
  const text = await readFile(path, "utf8");
  if (isSealed(text)) return;
  await rename(await writeAside(path, sealText(text.trim(), passphrase)), path);
}

/**
 * Makes the key, for its owner's eyes alone. Complete or absent, also after a crash, and never over another process's key,
 * which is given instead: written aside, then linked into place. Its name is on the disk before money is asked for with it.
 */
export async function createMasterKey(path: string, passphrase: string | null = null): Promise<HD> {
  const madeFolder = await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const key = HD.fromRandom();
  const aside = await writeAside(path, passphrase === null ? key.toString() : sealText(key.toString(), passphrase));
  try {
    await chmod(aside, 0o600);
    await link(aside, path);
    return key;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return (await loadMasterKey(path, passphrase)) as HD;
  } finally {
    await unlink(aside);
    await syncFolder(dirname(path));
    if (madeFolder !== undefined) await syncFolder(dirname(madeFolder));
  }
}

/** Leaves nothing behind when it fails. Gives the file's path. */
async function writeAside(path: string, text: string): Promise<string> {
  const aside = `${path}.${randomId(6)}`;
  const file = await open(aside, "wx", 0o600);
  try {
    await file.writeFile(`${text}\n`);
    await file.sync();
  } catch (error) {
    await unlink(aside);
    throw error;
  } finally {
    await file.close();
  }
  return aside;
}

async function syncFolder(path: string): Promise<void> {
  // Windows opens no folder.
  if (process.platform === "win32") return;
  const folder = await open(path, "r");
  await folder.sync().finally(() => folder.close());
}
