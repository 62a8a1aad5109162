import { NatsServerError, type NatsServerErrorCode } from "./errors.ts";

/**
 * nats-server gives one exit code for every failure, so its own line is the only thing to tell them apart by. The
 * phrases are the operating system's and the configuration parser's; an unknown line becomes START_FAILED.
 */
const causes: readonly (readonly [RegExp, NatsServerErrorCode])[] = [
  [/address already in use/, "PORT_IN_USE"],
  [/no space left on device|insufficient storage/i, "DISK_FULL"],
  [/storage directory|permission denied|read-only file system/i, "STORE_DIR_UNWRITABLE"],
  [/^nats-server: /m, "CONFIG_INVALID"],
];

/** Turns the log of a server that ended before it was ready into an error with that server's own line. */
export function startFailure(log: string, exit: string): NatsServerError {
  const lines = log.split("\n").filter((line) => line.trim() !== "");
  const line =
    lines.findLast((candidate) => candidate.includes("[FTL]")) ??
    lines.findLast((candidate) => candidate.startsWith("nats-server: ")) ??
    lines.at(-1) ??
    `no output, ${exit}`;
  const code = causes.find(([pattern]) => pattern.test(line))?.[1] ?? "START_FAILED";
  const said = line.replace(/^\[\d+\] \S+ \S+ \[FTL\] /, "").replace(/^nats-server: /, "");
  return new NatsServerError(code, `nats-server did not start: ${said}`);
}

/** Maps what our own preparation of the store directory may throw. */
export function storeDirFailure(storeDir: string, cause: unknown): NatsServerError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const ours: NatsServerErrorCode = code === "ENOSPC" || code === "EDQUOT" ? "DISK_FULL" : "STORE_DIR_UNWRITABLE";
  return new NatsServerError(ours, `Cannot use the store directory ${storeDir}: ${message}`, { cause });
}
