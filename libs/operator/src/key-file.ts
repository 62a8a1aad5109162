import { PrivateKey } from "@bsv/sdk";
import type { Config } from "@p4/config";
import { publicKeyOf } from "@p4/evidence";
import { randomBytes } from "node:crypto";
import { link, mkdir, readFile, stat, unlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { OperatorError } from "./operator-error.ts";

/** A key pair to sign with. The private part goes into signatures and nowhere else. */
export interface SigningKey {
  readonly privateKeyHex: string;
  /** Compressed SEC1, lower-case hex: what others are told. */
  readonly publicKey: string;
}

export function operatorKeyPath({ dataDir }: Pick<Config, "dataDir">): string {
  return join(dataDir, "operator.key");
}

/**
 * Reads a private key: 64 hex digits in a file that no other user may read. Makes one where there is none, and tells of it:
 * others have to learn its public part before they can rely on what it signs.
 *
 * @throws OperatorError KEY_INVALID, KEY_EXPOSED, KEY_UNREADABLE
 */
export async function openKeyFile(path: string, tell: (line: string) => void): Promise<SigningKey> {
  try {
    return (await readKeyFile(path)) ?? (await makeKey(path, tell));
  } catch (error) {
    if (error instanceof OperatorError) throw error;
    const detail = error instanceof Error ? error.message : String(error);
    const nextStep = "Name a file that you may read: the operator's key is operator.key in P4_DATA_DIR.";
    throw new OperatorError("failed", `the key cannot be used: ${detail}`, nextStep, "KEY_UNREADABLE");
  }
}

/**
 * Null where there is no such file.
 *
 * @throws OperatorError KEY_INVALID, KEY_EXPOSED
 */
export async function readKeyFile(path: string): Promise<SigningKey | null> {
  let text: string;
  try {
    text = (await readFile(path, "utf8")).trim();
  } catch (error) {
    if (hasFileCode(error, "ENOENT")) return null;
    throw error;
  }
  if (process.platform !== "win32" && ((await stat(path)).mode & 0o077) !== 0) {
    const problem = `${path} holds a private key that others may read`;
    const nextStep = `chmod 600 ${path}. If others have read it, make a new key and publish its public part.`;
    throw new OperatorError("failed", problem, nextStep, "KEY_EXPOSED");
  }
  try {
    return { privateKeyHex: text, publicKey: publicKeyOf(text) };
  } catch {
    const nextStep = "Restore it from your backup. A new key (move this file away) is not known to others yet.";
    throw new OperatorError("failed", `${path} is no private key of 64 hex digits`, nextStep, "KEY_INVALID");
  }
}

/** Linked into place whole: of two commands that make a key at the same time, both use that of the first. */
async function makeKey(path: string, tell: (line: string) => void): Promise<SigningKey> {
  const privateKeyHex = PrivateKey.fromRandom().toHex().padStart(64, "0");
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${randomBytes(6).toString("hex")}`;
  await writeFile(draft, `${privateKeyHex}\n`, { mode: 0o600, flag: "wx" });
  try {
    await link(draft, path);
  } catch (error) {
    if (!hasFileCode(error, "EEXIST")) throw error;
    const made = await readKeyFile(path);
    if (made !== null) return made;
    throw error;
  } finally {
    await unlink(draft);
  }
  const publicKey = publicKeyOf(privateKeyHex);
  tell(`a new private key was made: ${path} (keep a copy; it is never shown)`);
  tell(`its public part, which others need to know before they can rely on it: ${publicKey}`);
  return { privateKeyHex, publicKey };
}

function hasFileCode(error: unknown, code: string): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === code;
}
