import { createWriteStream, mkdirSync, openSync, type WriteStream } from "node:fs";
import { join } from "node:path";

export interface LogFile {
  readonly path: string;
  readonly stream: WriteStream;
}

/**
 * Opens `p4.log` in the data directory, which is made if it is not there. The first thing that is written there, so
 * also the first that fails where it must not be written.
 *
 * @throws Error that says what is wrong with the directory, and what to do.
 */
export function openLogFile(dataDir: string, tell: (text: string) => void): LogFile {
  const path = join(dataDir, "p4.log");
  const stream = createWriteStream(path, { fd: open(dataDir, path) });
  // Without log lines payments still go on, for example when the disk is full; unheard, the error would end the process.
  stream.on("error", (error) => tell(`no more log lines: ${error.message}`));
  return { path, stream };
}

function open(dataDir: string, path: string): number {
  try {
    // Keys, the log and the broker's address are for this user alone.
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    return openSync(path, "a", 0o600);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${reason}. Choose a P4_DATA_DIR that you may write to.`, { cause });
  }
}
