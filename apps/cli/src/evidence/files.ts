import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename, unlink, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { CliError } from "../cli-error.ts";

/** The bytes: a text that was decoded leniently may hide a changed byte. `what` is for the error: `evidence file`. */
export async function readInputFile(path: string, what: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new CliError("misuse", `the ${what} cannot be read: ${messageOf(error)}`, null, "FILE_UNREADABLE");
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
