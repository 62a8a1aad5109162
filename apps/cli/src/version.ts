import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  readonly version: string;
};

/** Of this package. */
export const packageVersion = version;

const workspace = fileURLToPath(new URL("../../..", import.meta.url));

/** What is checked out, `2caf997` or `2caf997-dirty`; null where this is no checkout, or git is not there to ask. */
export function checkedOutCommit(): string | null {
  // Without this, git would answer for a repository around an installed package.
  if (!existsSync(`${workspace}/.git`)) return null;
  try {
    const args = ["-C", workspace, "describe", "--always", "--dirty", "--exclude=*"];
    return execFileSync("git", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], timeout: 5_000 }).trim();
  } catch {
    return null;
  }
}
