import { delimiter, join } from "node:path";
import { defaultCacheDir, findCached, moveIntoCache, withStagingDir } from "./binary-cache.ts";
import { NatsServerError, isNatsServerError } from "./errors.ts";
import { withFetchLock } from "./fetch-lock.ts";
import { fetchRelease, officialReleaseBaseUrl, pinnedArchives, type ReleaseArchives } from "./fetch-release.ts";
import { fetchWithApt } from "./fetch-with-apt.ts";
import { probeBinary } from "./probe-binary.ts";
import { isAtLeast } from "./version.ts";

/** Per-key TTL with delete markers works from this version on. */
export const minimumNatsServerVersion = "2.11.2";

export interface FoundNatsServer {
  readonly path: string;
  /** `major.minor.patch`, as the binary says. */
  readonly version: string;
  readonly foundBy: "NATS_SERVER_BIN" | "PATH" | "cache" | "apt" | "release";
}

export interface FindNatsServerOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cacheDir?: string;
  readonly minimumVersion?: string;
  /** Human-readable lines: what is looked at, fetched, or passed over and why. */
  readonly onProgress?: (line: string) => void;
  /** Which ways of fetching are allowed, in this order. Empty: never fetch. */
  readonly fetchBy?: readonly ("apt" | "release")[];
  readonly releaseBaseUrl?: string;
  /** Default: those of the pinned release. */
  readonly releaseArchives?: ReleaseArchives;
}

/**
 * Finds a nats-server that is new enough, or fetches one without root: NATS_SERVER_BIN, PATH, the cache, the package
 * archive (signature checked by apt), the official release (hash pinned here). An old server is never used silently.
 *
 * @throws NatsServerError NATS_SERVER_BIN_UNUSABLE, NATS_SERVER_TOO_OLD (both only for NATS_SERVER_BIN, which has no
 *   fallback because it was chosen), CACHE_NOT_WRITABLE, CHECKSUM_MISMATCH, NATS_SERVER_NOT_FOUND.
 */
export async function findNatsServer(options: FindNatsServerOptions = {}): Promise<FoundNatsServer> {
  const env = options.env ?? process.env;
  const minimumVersion = options.minimumVersion ?? minimumNatsServerVersion;
  const onProgress = options.onProgress ?? (() => undefined);
  const cacheDir = options.cacheDir ?? defaultCacheDir(env);

  const chosen = env["NATS_SERVER_BIN"];
  if (chosen !== undefined && chosen !== "") return useChosen(chosen, minimumVersion);
  const onPath = await findOnPath(env, minimumVersion, onProgress);
  if (onPath !== undefined) return onPath;
  const cached = await findCached(cacheDir, minimumVersion);
  if (cached !== undefined) return { ...cached, foundBy: "cache" };
  return fetchIntoCache({
    cacheDir,
    minimumVersion,
    onProgress,
    fetchBy: options.fetchBy ?? ["apt", "release"],
    releaseBaseUrl: options.releaseBaseUrl ?? officialReleaseBaseUrl,
    releaseArchives: options.releaseArchives ?? pinnedArchives,
  });
}

async function useChosen(path: string, minimumVersion: string): Promise<FoundNatsServer> {
  const probe = await probeBinary(path);
  if (!probe.usable) throw new NatsServerError("NATS_SERVER_BIN_UNUSABLE", `NATS_SERVER_BIN=${path} ${probe.reason}`);
  if (!isAtLeast(probe.version, minimumVersion)) {
    const rule = `at least ${minimumVersion} is required`;
    throw new NatsServerError("NATS_SERVER_TOO_OLD", `NATS_SERVER_BIN=${path} is ${probe.version}; ${rule}`);
  }
  return { path, version: probe.version, foundBy: "NATS_SERVER_BIN" };
}

async function findOnPath(
  env: NodeJS.ProcessEnv,
  minimumVersion: string,
  onProgress: (line: string) => void,
): Promise<FoundNatsServer | undefined> {
  const dirs = (env["PATH"] ?? "").split(delimiter).filter((dir) => dir !== "");
  // Debian puts the server into /usr/sbin, which is not on a user's PATH.
  for (const dir of new Set([...dirs, "/usr/sbin"])) {
    const path = join(dir, "nats-server");
    const probe = await probeBinary(path);
    if (probe.usable && isAtLeast(probe.version, minimumVersion)) {
      return { path, version: probe.version, foundBy: "PATH" };
    }
    if (probe.usable) onProgress(`${path} is ${probe.version}, older than ${minimumVersion}: not used`);
  }
  return undefined;
}

interface FetchOptions {
  readonly cacheDir: string;
  readonly minimumVersion: string;
  readonly onProgress: (line: string) => void;
  readonly fetchBy: readonly ("apt" | "release")[];
  readonly releaseBaseUrl: string;
  readonly releaseArchives: ReleaseArchives;
}

function fetchIntoCache(options: FetchOptions): Promise<FoundNatsServer> {
  const { cacheDir, minimumVersion, onProgress } = options;
  return withStagingDir(cacheDir, (stagingDir) =>
    withFetchLock(
      cacheDir,
      () => onProgress("another process is fetching nats-server: waiting for it"),
      async () => {
        // The previous holder of the lock may have done the work.
        const cached = await findCached(cacheDir, minimumVersion);
        return cached === undefined ? fetchFirst(options, stagingDir) : { ...cached, foundBy: "cache" };
      },
    ),
  );
}

async function fetchFirst(options: FetchOptions, stagingDir: string): Promise<FoundNatsServer> {
  const failures: string[] = [];
  for (const foundBy of options.fetchBy) {
    try {
      const binary = await fetchBinary(foundBy, options, stagingDir);
      const probe = await probeBinary(binary);
      if (!probe.usable) throw new NatsServerError("FETCH_FAILED", `what was fetched ${probe.reason}`);
      if (!isAtLeast(probe.version, options.minimumVersion)) {
        throw new NatsServerError("NATS_SERVER_TOO_OLD", `what was fetched is ${probe.version}`);
      }
      const path = await moveIntoCache(options.cacheDir, binary, probe.version);
      options.onProgress(`nats-server ${probe.version} is now at ${path}`);
      return { path, version: probe.version, foundBy };
    } catch (error) {
      // Other bytes than pinned are no reason to look elsewhere, but one to stop.
      if (!isNatsServerError(error) || error.code === "CHECKSUM_MISMATCH") throw error;
      failures.push(error.message);
      options.onProgress(error.message);
    }
  }
  const tried = failures.length === 0 ? "fetching is switched off" : failures.join("; ");
  throw new NatsServerError(
    "NATS_SERVER_NOT_FOUND",
    `No nats-server >= ${options.minimumVersion} on this machine, and none could be fetched: ${tried}`,
  );
}

function fetchBinary(foundBy: "apt" | "release", options: FetchOptions, stagingDir: string): Promise<string> {
  if (foundBy === "apt") return fetchWithApt(stagingDir, options.onProgress);
  const { platform, arch } = process;
  const { releaseBaseUrl: baseUrl, releaseArchives: archives, onProgress } = options;
  return fetchRelease({ stagingDir, baseUrl, archives, platform, arch, onProgress });
}
