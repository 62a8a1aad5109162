import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "./config.ts";
import type { Setting } from "./setting.ts";

const defaultDataDir = "./data";

/** What completes "must be ..." for a file that holds a secret. */
export const secretFileRule = "readable for its owner alone (0600), or 0640 and root's";

/**
 * What is given for a setting: the text of its variable or of its file in the data directory, "" for nothing. Null for a
 * file that cannot be read, or that holds a secret and may be read by others.
 */
export function givenText({ variable, isFile, secret }: Setting<unknown>, environment: Environment): string | null {
  if (isFile !== true) return environment[variable]?.trim() ?? "";
  const path = join(environment["P4_DATA_DIR"]?.trim() || defaultDataDir, variable);
  try {
    const { mode, uid } = statSync(path);
    const isExposed = (mode & (uid === 0 ? 0o037 : 0o077)) !== 0;
    if (secret && isExposed && process.platform !== "win32") return null;
    return readFileSync(path, "utf8").trim();
  } catch (error) {
    // A data directory that is none is another fault, told by what writes there first.
    return isAbsent((error as NodeJS.ErrnoException).code) ? "" : null;
  }
}

const isAbsent = (code: string | undefined): boolean => code === "ENOENT" || code === "ENOTDIR";
