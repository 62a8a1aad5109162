import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { NatsServerError } from "./errors.ts";
import { runCommand } from "./run-command.ts";

export const officialReleaseBaseUrl = "https://github.com/nats-io/nats-server/releases/download";
/** The release asked for when nothing else is at hand; a newer one on the machine is preferred. */
export const pinnedRelease = "2.15.0";

/** `<platform> <architecture>`, as Node.js calls them, to the archive's part of the name and its SHA-256. */
export type ReleaseArchives = Readonly<Record<string, readonly [name: string, sha256: string]>>;

/** Written down here, so that who can change what is downloaded cannot change what it is compared with. */
export const pinnedArchives: ReleaseArchives = {
  "darwin arm64": ["darwin-arm64", "e1c4e22d70bd44abfa0bcb3c16f7cf0c66f648c2e728c58924e8a1ce88913cc8"],
  "darwin x64": ["darwin-amd64", "5bd8b59ca5bf93fab3da2c5843cf564cd6e2e291e22ae3b861746e7ebe259b95"],
  "linux arm64": ["linux-arm64", "cdc208f5a3f42963a52b6ab06ef65626bb870315dc936e26ba571780c6351112"],
  "linux x64": ["linux-amd64", "5d2c51caca950333aba84911df7d377f826f3a59ec36061c6539105084f65c92"],
};

const downloadTimeoutMs = 180_000;

export interface ReleaseOptions {
  readonly stagingDir: string;
  readonly baseUrl: string;
  readonly archives: ReleaseArchives;
  readonly platform: string;
  /** As `process.arch`. */
  readonly arch: string;
  readonly onProgress: (line: string) => void;
}

/**
 * Downloads the project's own release archive, compares it with the hash that is pinned for this platform and unpacks it.
 *
 * @returns the path of the unpacked binary, not yet probed.
 * @throws NatsServerError PLATFORM_UNSUPPORTED, FETCH_FAILED or CHECKSUM_MISMATCH.
 */
export async function fetchRelease(options: ReleaseOptions): Promise<string> {
  const pinned = options.archives[`${options.platform} ${options.arch}`];
  if (pinned === undefined) {
    throw new NatsServerError("PLATFORM_UNSUPPORTED", `No release for ${options.platform} ${options.arch}`);
  }
  const [suffix, sha256] = pinned;
  const name = `nats-server-v${pinnedRelease}-${suffix}`;
  options.onProgress(`downloading the official release ${name}`);
  const archive = await download(`${options.baseUrl}/v${pinnedRelease}/${name}.tar.gz`);
  const actual = createHash("sha256").update(archive).digest("hex");
  if (actual !== sha256) {
    throw new NatsServerError("CHECKSUM_MISMATCH", `${name}.tar.gz has SHA-256 ${actual}, pinned is ${sha256}`);
  }

  const archiveFile = join(options.stagingDir, "release.tar.gz");
  await writeFile(archiveFile, archive);
  const args = ["-xzf", archiveFile, "-C", options.stagingDir, `${name}/nats-server`];
  const unpacked = await runCommand("tar", args);
  if (unpacked.exitCode !== 0) throw new NatsServerError("FETCH_FAILED", `tar failed: ${unpacked.stderr.trim()}`);
  return join(options.stagingDir, name, "nats-server");
}

async function download(url: string): Promise<Buffer> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(downloadTimeoutMs) });
    if (!response.ok) throw new NatsServerError("FETCH_FAILED", `${url} answered ${response.status}`);
    return Buffer.from(await response.arrayBuffer());
  } catch (error) {
    if (error instanceof NatsServerError) throw error;
    const { message, cause } = error as Error;
    const reason = cause instanceof Error ? cause.message : message;
    throw new NatsServerError("FETCH_FAILED", `Cannot download ${url}: ${reason}`, { cause: error });
  }
}
