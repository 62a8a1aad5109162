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

  /** By the call's name: what it does to the disk. Calls that are not here do nothing to it. */
  readonly #effects: Readonly<Record<string, (args: readonly string[], result: number) => void>> = {
    openat: ([, path, flags = ""], fd) => this.#onOpen(pathOf(path), flags, fd),
    close: ([fd]) => void this.#open.delete(Number(fd)),
    write: ([fd, bytes = ""]) => this.#onWrite(Number(fd), bytesOf(bytes), null),
    pwrite64: ([fd, bytes = "", , offset]) => this.#onWrite(Number(fd), bytesOf(bytes), Number(offset)),
    lseek: ([fd], position) => this.#onSeek(Number(fd), position),
    fsync: ([fd]) => sync(this.#open.get(Number(fd))?.file),
    fdatasync: ([fd]) => sync(this.#open.get(Number(fd))?.file),
    ftruncate: ([fd, size]) => truncate(this.#open.get(Number(fd))?.file, Number(size)),
    truncate: ([path, size]) => truncate(this.#files.get(pathOf(path)), Number(size)),
    rename: ([from, to]) => this.#onRename(pathOf(from), pathOf(to)),
    renameat: ([, from, , to]) => this.#onRename(pathOf(from), pathOf(to)),
    renameat2: ([, from, , to]) => this.#onRename(pathOf(from), pathOf(to)),
    unlink: ([path]) => void this.#files.delete(pathOf(path)),
    unlinkat: ([, path]) => void this.#files.delete(pathOf(path)),
  };

  /** Only paths below `root` count. */
  constructor(root: string) {
    this.#root = root;
  }

  apply({ name, args, result }: SystemCall): void {
    if (result >= 0) this.#effects[name]?.(args, result);
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
    // The descriptor may have been closed untraced and reused.
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

  #onSeek(fd: number, position: number): void {
    const descriptor = this.#open.get(fd);
    if (descriptor !== undefined) descriptor.position = position;
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
