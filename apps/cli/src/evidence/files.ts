import { readFile, writeFile } from "node:fs/promises";
import { readAnchor, isEvidenceError, type Anchor } from "@p4/evidence";
import { nodeCrypto } from "@p4/node-crypto";
import { CliError } from "../cli-error.ts";

/** A file that somebody named. Throws a CliError (misuse). */
export async function readGiven(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new CliError("misuse", `cannot read ${path}: ${(error as Error).message}`, null, "CANNOT_READ");
  }
}

/** Never over a file that is there, unless `force`. */
export async function writeNew(path: string, text: string, force: boolean): Promise<void> {
  try {
    await writeFile(path, text, { flag: force ? "w" : "wx" });
  } catch (error) {
    const exists = (error as NodeJS.ErrnoException).code === "EEXIST";
    const message = exists ? `${path} is there already` : `cannot write ${path}: ${(error as Error).message}`;
    throw new CliError("misuse", message, exists ? "Name another file, or add --force." : null, "CANNOT_WRITE");
  }
}

/** Reads and verifies an anchor file. Throws a CliError that names the damaged line. */
export async function readAnchorFile(path: string): Promise<Anchor> {
  const bytes = await readGiven(path);
  try {
    return readAnchor(bytes, nodeCrypto);
  } catch (error) {
    if (!isEvidenceError(error)) throw error;
    throw new CliError("failed", `${path}: ${error.message}`, null, error.code);
  }
}
