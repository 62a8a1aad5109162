import { randomBytes } from "node:crypto";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Config } from "@p4/config";
import { isEvidenceError, publicKeyOf } from "@p4/evidence";
import { CliError } from "../cli-error.ts";

export interface OperatorKey {
  readonly privateKeyHex: string;
  readonly publicKey: string;
  readonly path: string;
  /** Made just now. */
  readonly isNew: boolean;
}

/**
 * The key that signs evidence and anchors: 64 hex digits in a file that its owner alone may read. Made at its first use.
 *
 * @throws CliError (misuse) when the file is not a key, or when others may read it
 */
export async function operatorKey({
  operatorKeyFile,
  dataDir,
}: Pick<Config, "operatorKeyFile" | "dataDir">): Promise<OperatorKey> {
  const path = operatorKeyFile ?? join(dataDir, "operator.key");
  const isNew = await makeIfMissing(path);
  const { mode } = await stat(path);
  if ((mode & 0o077) !== 0) {
    throw new CliError(
      "misuse",
      `others than its owner may read the operator's key ${path}`,
      `chmod 600 ${path}`,
      "KEY_EXPOSED",
    );
  }
  const privateKeyHex = (await readFile(path, "utf8")).trim();
  try {
    return { privateKeyHex, publicKey: publicKeyOf(privateKeyHex), path, isNew };
  } catch (error) {
    if (!isEvidenceError(error)) throw error;
    throw new CliError("misuse", `${path}: ${error.message}`, "Move it away; a new one is made then.", error.code);
  }
}

async function makeIfMissing(path: string): Promise<boolean> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, `${randomBytes(32).toString("hex")}\n`, { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return false;
    throw new CliError(
      "misuse",
      `cannot make the operator's key: ${message}`,
      "Set P4_OPERATOR_KEY_FILE.",
      "CANNOT_WRITE",
    );
  }
}
