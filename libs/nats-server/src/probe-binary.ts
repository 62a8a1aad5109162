import { runCommand } from "./run-command.ts";
import { parseVersion } from "./version.ts";

export type Probe =
  { readonly usable: true; readonly version: string } | { readonly usable: false; readonly reason: string };

/** Runs `<path> --version`: only a binary that starts here (right platform, right libc) is usable. */
export async function probeBinary(path: string): Promise<Probe> {
  const result = await runCommand(path, ["--version"], { timeoutMs: 10_000 });
  const firstLine = `${result.stdout}${result.stderr}`.trim().split("\n")[0] ?? "";
  if (result.exitCode !== 0) return { usable: false, reason: `does not run: ${firstLine}` };
  const version = parseVersion(result.stdout);
  if (version === undefined || !result.stdout.includes("nats-server")) {
    return { usable: false, reason: `is not a nats-server; it printed "${firstLine}"` };
  }
  return { usable: true, version };
}
