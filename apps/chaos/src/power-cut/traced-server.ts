import { spawnSync } from "node:child_process";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { findNatsServer, startNatsServer, type NatsServerProcess } from "@p4/nats-server";

const calls = [
  "openat",
  "close",
  "write",
  "pwrite64",
  "lseek",
  "fsync",
  "fdatasync",
  "ftruncate",
  "truncate",
  "rename",
  "renameat",
  "renameat2",
  "unlink",
  "unlinkat",
];
/** Longer than any write of the server: what is cut off could not be put back. */
const longestWrite = 16 * 1024 * 1024;

export interface TracedServer {
  readonly server: NatsServerProcess;
  readonly storeDir: string;
  readonly traceFile: string;
}

/** Null: strace(1) is there and may trace. Otherwise why it cannot be done here. */
export function whyNoTrace(): string | null {
  const tried = spawnSync("strace", ["-o", "/dev/null", "true"]);
  if (tried.error !== undefined) return "strace is not installed (Debian: apt-get install strace)";
  return tried.status === 0 ? null : `strace may not trace here: ${tried.stderr.toString().trim()}`;
}

/** @param syncInterval as in nats.conf: `always`, or a time such as `2m`. */
export async function startTracedServer(dir: string, syncInterval: string): Promise<TracedServer> {
  await mkdir(dir, { recursive: true });
  const { path: binary } = await findNatsServer({ env: process.env });
  const traceFile = join(dir, "trace");
  const wrapper = join(dir, "traced-nats-server");
  // -D: the tracer is the grandchild, so that the server keeps the pid that its owner knows.
  const strace = `strace -D -f -ttt -xx -s ${String(longestWrite)} -e trace=${calls.join(",")} -o "${traceFile}"`;
  await writeFile(wrapper, `#!/bin/sh\nexec ${strace} "${binary}" "$@"\n`);
  await chmod(wrapper, 0o755);
  const storeDir = join(dir, "store");
  const server = await startServer(wrapper, storeDir, dir, syncInterval);
  return { server, storeDir, traceFile };
}

export async function startServerOn(storeDir: string, dir: string, syncInterval: string): Promise<NatsServerProcess> {
  const { path: binary } = await findNatsServer({ env: process.env });
  return startServer(binary, storeDir, dir, syncInterval);
}

async function startServer(binary: string, storeDir: string, dir: string, syncInterval: string) {
  const configFile = join(dir, "nats.conf");
  const quoted = syncInterval === "always" ? syncInterval : `"${syncInterval}"`;
  await writeFile(configFile, `jetstream { sync_interval: ${quoted} }\nmax_payload: 2MB\n`);
  return startNatsServer({ binary, storeDir, configFile });
}
