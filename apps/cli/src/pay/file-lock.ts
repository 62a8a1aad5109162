import { randomBytes } from "node:crypto";
import { link, readFile, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { CliError } from "../cli-error.ts";

const defaultWaitMs = 10_000;
const lookEveryMs = 20;

/**
 * Does the work while no other process does it on this file, which `<path>.lock` shows. That of a process of this machine that was
 * killed is taken away; any other is left, since it might be that of one at work. Throws a CliError WALLET_IN_USE.
 */
export async function withFileLock<Result>(
  path: string,
  work: () => Promise<Result>,
  waitMs = defaultWaitMs,
): Promise<Result> {
  const lock = `${path}.lock`;
  const endMs = performance.now() + waitMs;
  while (!(await isMade(lock))) {
    await removeStale(lock);
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

/** Put there whole: who reads it knows whose it is. */
async function isMade(lock: string): Promise<boolean> {
  const draft = `${lock}.${randomBytes(6).toString("hex")}`;
  await writeFile(draft, `${hostname()} ${String(process.pid)}`, { mode: 0o600, flag: "wx" });
  try {
    await link(draft, lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** One process at a time: another would take the lock of who has followed for that of who was killed. */
async function removeStale(lock: string): Promise<void> {
  const turn = `${lock}.turn`;
  if (!(await isStale(lock)) || !(await isMade(turn))) return;
  try {
    if (await isStale(lock)) await rm(lock, { force: true });
  } finally {
    await rm(turn, { force: true });
  }
}

async function isStale(lock: string): Promise<boolean> {
  const [host, pid] = (await readFile(lock, "utf8").catch(() => "")).split(" ");
  if (host !== hostname()) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}
