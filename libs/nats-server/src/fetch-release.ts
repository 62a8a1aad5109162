import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { NatsServerError } from "./errors.ts";
import { runCommand } from "./run-command.ts";

export const officialReleaseBaseUrl = "https://github.com/nats-io/nats-server/releases/download";
/** The release asked for when nothing else is at hand; a newer one on the machine is preferred. */
export const pinnedRelease = "2.15.1";

const architectures: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64" };
const downloadTimeoutMs = 180_000;

export interface ReleaseOptions {
  readonly stagingDir: string;
  readonly baseUrl: string;
  readonly platform: string;
  /** As `process.arch`. */
  readonly arch: string;
  readonly onProgress: (line: string) => void;
}

/**
 * Downloads the project's own release archive, checks it against the published SHA256SUMS and unpacks it.
 *
 * @returns the path of the unpacked binary, not yet probed.
 * @throws NatsServerError PLATFORM_UNSUPPORTED, FETCH_FAILED or CHECKSUM_MISMATCH.
 */
export async function fetchRelease(options: ReleaseOptions): Promise<string> {
  const architecture = architectures[options.arch];
  if (architecture === undefined || !["linux", "darwin"].includes(options.platform)) {
    throw new NatsServerError("PLATFORM_UNSUPPORTED", `No release for ${options.platform} ${options.arch}`);
  }
  const name = `nats-server-v${pinnedRelease}-${options.platform}-${architecture}`;
  const releaseUrl = `${options.baseUrl}/v${pinnedRelease}`;
  options.onProgress(`downloading the official release ${name}`);
  const sums = (await download(`${releaseUrl}/SHA256SUMS`)).toString("utf8");
  const archive = await download(`${releaseUrl}/${name}.tar.gz`);
  verifyChecksum(archive, `${name}.tar.gz`, sums);

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

/** SHA256SUMS has one `<hex>  <file name>` per line, as sha256sum(1) writes it. */
function verifyChecksum(archive: Buffer, name: string, sums: string): void {
  const line = sums.split("\n").find((candidate) => candidate.trim().split(/\s+\*?/)[1] === name);
  const published = line?.trim().split(/\s+/)[0]?.toLowerCase();
  if (published === undefined) throw new NatsServerError("CHECKSUM_MISMATCH", `SHA256SUMS does not list ${name}`);
  const actual = createHash("sha256").update(archive).digest("hex");
  if (actual !== published) {
    throw new NatsServerError("CHECKSUM_MISMATCH", `${name} has SHA-256 ${actual}, published is ${published}`);
  }
}
