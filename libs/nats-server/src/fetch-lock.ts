import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { processIdentity } from "./process-identity.ts";

const pollMs = 100;

/**
 * Lets one process fetch while the others wait for its result. The lock only saves work: should two processes ever
 * hold it (both found a dead owner), both fetch and the rename into the cache keeps the result whole.
 */
export async function withFetchLock<T>(cacheDir: string, onWait: () => void, work: () => Promise<T>): Promise<T> {
  const lockFile = join(cacheDir, "fetch.lock");
  const me = JSON.stringify({ pid: process.pid, identity: processIdentity(process.pid) });
  let told = false;
  while (!(await tryLock(lockFile, me))) {
    if (!told) onWait();
    told = true;
    await delay(pollMs);
  }
  try {
    return await work();
  } finally {
    await rm(lockFile, { force: true });
  }
}

async function tryLock(lockFile: string, me: string): Promise<boolean> {
  try {
    await writeFile(lockFile, me, { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  if (!(await ownerIsAlive(lockFile))) await rm(lockFile, { force: true });
  return false;
}

async function ownerIsAlive(lockFile: string): Promise<boolean> {
  try {
    const owner = JSON.parse(await readFile(lockFile, "utf8")) as { pid: number; identity?: string };
    return processIdentity(owner.pid) !== undefined && processIdentity(owner.pid) === owner.identity;
  } catch (error) {
    // Gone meanwhile: free. Empty: its owner is between creating and writing it, ask again.
    return (error as NodeJS.ErrnoException).code !== "ENOENT";
  }
}
