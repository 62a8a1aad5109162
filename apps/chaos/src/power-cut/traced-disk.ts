import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { bytesOf, type SystemCall } from "./system-call.ts";

/** A file: what the program has written, and what of it a loss of power would leave. */
interface TracedFile {
  size: number;
  durable: Buffer;
  /** Since the last sync. */
  unsynced: { readonly offset: number; readonly bytes: Buffer }[];
}

interface Descriptor {
  readonly file: TracedFile;
  position: number;
  readonly appends: boolean;
  /** Opened with O_SYNC or O_DSYNC: a write is on disk when it returns. */
  readonly syncs: boolean;
}

/**
 * The disk as a program's calls leave it, if the power fails and nothing survives that was not forced out: a file holds
 * what was written before its last fsync. Names (creating, renaming, removing) are taken as durable at once and in order,
 * as journaling file systems keep them; so a renamed file that was not synced before is found under its new name, empty.
 */
export class TracedDisk {
  readonly #root: string;
  readonly #files = new Map<string, TracedFile>();
  readonly #open = new Map<number, Descriptor>();

  /** Only paths below `root` count. */
  constructor(root: string) {
    this.#root = root;
  }

  apply({ name, args, result }: SystemCall): void {
    if (result < 0) return;
    const fd = Number(args[0]);
    switch (name) {
      case "openat":
        return this.#onOpen(pathOf(args[1]), args[2] ?? "", result);
      case "close":
        return void this.#open.delete(fd);
      case "write":
        return this.#onWrite(fd, bytesOf(args[1] ?? ""), null);
      case "pwrite64":
        return this.#onWrite(fd, bytesOf(args[1] ?? ""), Number(args[3]));
      case "lseek": {
        const descriptor = this.#open.get(fd);
        if (descriptor !== undefined) descriptor.position = result;
        return;
      }
      case "fsync":
      case "fdatasync":
        return sync(this.#open.get(fd)?.file);
      case "ftruncate":
        return truncate(this.#open.get(fd)?.file, Number(args[1]));
      case "truncate":
        return truncate(this.#files.get(pathOf(args[0])), Number(args[1]));
      case "renameat":
      case "renameat2":
        return this.#onRename(pathOf(args[1]), pathOf(args[3]));
      case "rename":
        return this.#onRename(pathOf(args[0]), pathOf(args[1]));
      case "unlinkat":
        return void this.#files.delete(pathOf(args[1]));
      case "unlink":
        return void this.#files.delete(pathOf(args[0]));
      default:
        return;
    }
  }

  /** Writes the files as the power cut leaves them. */
  async dump(dir: string): Promise<void> {
    for (const [path, { durable }] of this.#files) {
      const target = join(dir, relative(this.#root, path));
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, durable);
    }
  }

  #onOpen(path: string, flags: string, fd: number): void {
    // A descriptor that was closed unseen is somebody else's now.
    this.#open.delete(fd);
    const isBelow = !relative(this.#root, path).startsWith("..");
    if (!isBelow || flags.includes("O_DIRECTORY")) return;
    const file = this.#files.get(path) ?? { size: 0, durable: Buffer.alloc(0), unsynced: [] };
    const existed = this.#files.has(path);
    if (!existed && !flags.includes("O_CREAT")) return;
    this.#files.set(path, file);
    if (flags.includes("O_TRUNC")) truncate(file, 0);
    const syncs = flags.includes("SYNC");
    this.#open.set(fd, { file, position: 0, appends: flags.includes("O_APPEND"), syncs });
  }

  #onWrite(fd: number, bytes: Buffer, at: number | null): void {
    const descriptor = this.#open.get(fd);
    if (descriptor === undefined) return;
    const { file, appends, syncs } = descriptor;
    const offset = at ?? (appends ? file.size : descriptor.position);
    if (at === null) descriptor.position = offset + bytes.length;
    file.size = Math.max(file.size, offset + bytes.length);
    if (syncs) put(file, offset, bytes);
    else file.unsynced.push({ offset, bytes });
  }

  #onRename(from: string, to: string): void {
    const file = this.#files.get(from);
    if (file !== undefined) {
      this.#files.delete(from);
      this.#files.set(to, file);
      return;
    }
    // A directory: everything in it moves.
    for (const [path, inside] of [...this.#files]) {
      if (!path.startsWith(`${from}/`)) continue;
      this.#files.delete(path);
      this.#files.set(to + path.slice(from.length), inside);
    }
  }
}

function sync(file: TracedFile | undefined): void {
  for (const { offset, bytes } of file?.unsynced.splice(0) ?? []) if (file !== undefined) put(file, offset, bytes);
}

function put(file: TracedFile, offset: number, bytes: Buffer): void {
  const end = offset + bytes.length;
  if (end > file.durable.length) {
    file.durable = Buffer.concat([file.durable, Buffer.alloc(end - file.durable.length)]);
  }
  bytes.copy(file.durable, offset);
}

/** Sizes are kept by the file system's journal: a shorter file is shorter at once. */
function truncate(file: TracedFile | undefined, size: number): void {
  if (file === undefined) return;
  file.size = size;
  file.durable = file.durable.subarray(0, size);
  file.unsynced = file.unsynced
    .filter(({ offset }) => offset < size)
    .map(({ offset, bytes }) => ({ offset, bytes: bytes.subarray(0, size - offset) }));
}

function pathOf(arg: string | undefined): string {
  return bytesOf(arg ?? "").toString("utf8");
}
