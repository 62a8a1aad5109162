import { open, rm } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { CliError } from "../cli-error.ts";

const defaultWaitMs = 10_000;
const lookEveryMs = 20;

/**
 * Does the work while no other process does it on this file, which `<path>.lock` shows. One that was killed leaves that behind:
 * it is not taken away, since it might be taken from one that is at work. Throws a CliError WALLET_IN_USE.
 */
export async function withFileLock<Result>(
  path: string,
  work: () => Promise<Result>,
  waitMs = defaultWaitMs,
): Promise<Result> {
  const lock = `${path}.lock`;
  const endMs = performance.now() + waitMs;
  while (!(await isMade(lock))) {
    if (performance.now() > endMs) {
      const nextStep = `If no other p4 is at work, one was killed in the middle: remove ${lock}, then run this again.`;
      throw new CliError("failed", `${path} is in use: ${lock} is there`, nextStep, "WALLET_IN_USE");
    }
    await delay(lookEveryMs);
  }
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}

async function isMade(lock: string): Promise<boolean> {
  try {
    await (await open(lock, "wx", 0o600)).close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}
