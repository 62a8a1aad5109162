import { chmod, mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { NatsServerError } from "./errors.ts";
import { probeBinary } from "./probe-binary.ts";
import { compareVersions, isAtLeast } from "./version.ts";

/** `$XDG_CACHE_HOME/p4`, else `~/.cache/p4`. */
export function defaultCacheDir(env: NodeJS.ProcessEnv): string {
  const base = env["XDG_CACHE_HOME"];
  return join(base !== undefined && base.startsWith("/") ? base : join(env["HOME"] ?? homedir(), ".cache"), "p4");
}

/** The newest `nats-server-<version>` in the cache that is new enough and runs on this machine. */
export async function findCached(
  cacheDir: string,
  minimumVersion: string,
): Promise<{ path: string; version: string } | undefined> {
  const names = await readdir(cacheDir).catch(() => []);
  const versions = names
    .map((name) => /^nats-server-(\d+\.\d+\.\d+)$/.exec(name)?.[1])
    .filter((version) => version !== undefined)
    .filter((version) => isAtLeast(version, minimumVersion))
    .sort((left, right) => compareVersions(right, left));
  for (const version of versions) {
    const path = join(cacheDir, `nats-server-${version}`);
    // The name is only a label: what the binary says counts.
    const probe = await probeBinary(path);
    if (probe.usable && isAtLeast(probe.version, minimumVersion)) return { path, version: probe.version };
  }
  return undefined;
}

/** Runs `work` in a fresh directory on the cache's own file system (so that a rename out of it is atomic). */
export async function withStagingDir<T>(cacheDir: string, work: (stagingDir: string) => Promise<T>): Promise<T> {
  let stagingDir: string;
  try {
    await mkdir(cacheDir, { recursive: true });
    stagingDir = await mkdtemp(join(cacheDir, ".staging-"));
  } catch (cause) {
    throw new NatsServerError("CACHE_NOT_WRITABLE", `Cannot write to ${cacheDir}: ${(cause as Error).message}`, {
      cause,
    });
  }
  try {
    return await work(stagingDir);
  } finally {
    await rm(stagingDir, { recursive: true, force: true });
  }
}

/** Moves a checked binary into the cache in one step; a process that looks at the same time sees all of it or nothing. */
export async function moveIntoCache(cacheDir: string, binary: string, version: string): Promise<string> {
  const path = join(cacheDir, `nats-server-${version}`);
  await chmod(binary, 0o755);
  await rename(binary, path);
  return path;
}
