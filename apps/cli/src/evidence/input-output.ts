import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename, stat, unlink, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { isEvidenceError, readAnchor, type Anchor } from "@p4/evidence";
import { nodeCrypto } from "@p4/node-crypto";
import { CliError } from "../cli-error.ts";
import type { VerbContext } from "../verb.ts";

/** The bytes: a text that was decoded leniently may hide a changed byte. `what` is for the error: `evidence file`. */
export async function readInputFile(path: string, what: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new CliError("misuse", `the ${what} cannot be read: ${messageOf(error)}`, null, "FILE_UNREADABLE");
  }
}

/** Asks before a file is replaced. Throws a CliError when it must not be. */
export async function confirmReplacing(
  context: Pick<VerbContext, "confirm">,
  paths: readonly string[],
  yes: boolean,
): Promise<void> {
  for (const path of paths) {
    const exists = await stat(path).then(
      () => true,
      () => false,
    );
    if (exists) await context.confirm(`${path} exists. Replace it?`, yes);
  }
}

/** Reads and verifies an anchor file. Throws a CliError that names file and line. */
export async function readAnchorFile(path: string): Promise<Anchor> {
  const bytes = await readInputFile(path, "anchor file");
  try {
    return readAnchor(bytes, nodeCrypto);
  } catch (error) {
    if (!isEvidenceError(error)) throw error;
    throw new CliError("failed", `${path}: ${error.message}`, null, error.code);
  }
}

/** Whole or not at all: a command that is interrupted leaves no file that looks finished. */
export async function writeOutputFile(path: string, content: string | Uint8Array): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString("hex")}.part`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(draft, content, { flush: true });
    await rename(draft, path);
  } catch (error) {
    await unlink(draft).catch(() => undefined);
    throw new CliError("failed", `${path} cannot be written: ${messageOf(error)}`, null, "FILE_UNWRITABLE");
  }
}

export function hasFileCode(error: unknown, code: string): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === code;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
