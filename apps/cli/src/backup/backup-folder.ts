import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isCopied, type SnapshotHead } from "@p4/nats";
import { CliError } from "../cli-error.ts";
import { cannotWrite } from "../operator/cannot-write.ts";

/** One stream of a backup; its bytes are in `<stream>.snapshot`. */
export interface SavedStream {
  readonly head: SnapshotHead;
  readonly sizeBytes: number;
  /** Of the file, lower-case hex. */
  readonly sha256: string;
}

/** What a backup holds. Written last: a folder without it is no backup. */
export interface Manifest {
  readonly format: typeof format;
  readonly region: string;
  readonly shards: number;
  readonly machineVersion: string;
  readonly madeAt: string;
  /** Each channel's state at the end of its shard's snapshot is in `states.jsonl`. */
  readonly channels: number;
  readonly statesSha256: string;
  readonly streams: readonly SavedStream[];
}

const format = "p4-backup/1";
const manifestName = "manifest.json";

export const statesFile = (folder: string): string => join(folder, "states.jsonl");
const snapshotFile = (folder: string, stream: string): string => join(folder, `${stream}.snapshot`);

/** A folder that is made beside its place, and put there when it is whole. Throws a CliError (misuse). */
export async function createBackupFolder(folder: string): Promise<string> {
  const unfinished = `${folder}.part`;
  if (await isTaken(folder)) {
    throw new CliError("misuse", `${folder} is there already`, "Name a folder that is not there.", "TARGET_EXISTS");
  }
  try {
    await mkdir(unfinished, { mode: 0o700 });
  } catch (error) {
    const isLeft = (error as NodeJS.ErrnoException).code === "EEXIST";
    const message = isLeft
      ? `${unfinished} is left of a backup that broke off`
      : `cannot write ${folder}: ${String(error)}`;
    throw new CliError("misuse", message, isLeft ? "Remove it, then run this again." : null, "CANNOT_WRITE");
  }
  return unfinished;
}

/** Writes one snapshot's chunks as they come. `save` gives the way to write one. */
export async function writeSnapshot(
  folder: string,
  stream: string,
  save: (write: (chunk: Uint8Array) => Promise<void>) => Promise<SnapshotHead>,
): Promise<SavedStream> {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  const path = snapshotFile(folder, stream);
  const file = await onDisk(path, () => open(path, "wx", 0o600));
  try {
    const head = await save(async (chunk) => {
      hash.update(chunk);
      sizeBytes += chunk.length;
      await onDisk(path, () => file.writeFile(chunk));
    });
    await onDisk(path, () => file.sync());
    return { head, sizeBytes, sha256: hash.digest("hex") };
  } finally {
    await file.close();
  }
}

export async function finishBackup(
  unfinished: string,
  folder: string,
  manifest: Omit<Manifest, "format">,
): Promise<void> {
  const text = `${JSON.stringify({ format, ...manifest }, null, 1)}\n`;
  await onDisk(folder, async () => {
    await writeFile(join(unfinished, manifestName), text, { mode: 0o600, flush: true });
    await rename(unfinished, folder);
  });
}

/** A full disk is no fault of this program: it is told as what it is. */
async function onDisk<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw cannotWrite(path, error);
  }
}

/** Reads what a backup says of itself, and checks each of its files against it. Throws a CliError. */
export async function openBackup(folder: string): Promise<Manifest> {
  const manifest = await readManifest(folder);
  for (const { head, sha256 } of manifest.streams) await assertFile(snapshotFile(folder, head.config.name), sha256);
  await assertFile(statesFile(folder), manifest.statesSha256);
  return manifest;
}

/** The chunks of a snapshot. */
export const readSnapshot = (folder: string, stream: string): AsyncIterable<Uint8Array> =>
  createReadStream(snapshotFile(folder, stream), { highWaterMark: 131_072 }) as AsyncIterable<Uint8Array>;

export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  return hash.digest("hex");
}

async function readManifest(folder: string): Promise<Manifest> {
  const value = await readFile(join(folder, manifestName), "utf8").then(
    (text) => parse(text),
    () => null,
  );
  if (value?.format === format && isWhole(value)) return value;
  throw new CliError("misuse", `${folder} is no backup`, "Name a folder that p4 backup has made.", "BAD_BACKUP");
}

function parse(text: string): Partial<Manifest> | null {
  try {
    return JSON.parse(text) as Partial<Manifest>;
  } catch {
    return null;
  }
}

/** Names of streams become names of files, and of what is made at the broker. */
function isWhole(value: Partial<Manifest>): value is Manifest {
  const { region, shards, streams, channels, statesSha256 } = value;
  if (typeof region !== "string" || typeof shards !== "number") return false;
  if (typeof channels !== "number" || typeof statesSha256 !== "string" || !Array.isArray(streams)) return false;
  return (streams as readonly Partial<SavedStream>[]).every(
    ({ head, sha256 }) => typeof sha256 === "string" && isCopied(String(head?.config?.name), region),
  );
}

async function assertFile(path: string, sha256: string): Promise<void> {
  const found = await sha256OfFile(path).catch((error: unknown) => {
    throw new CliError("misuse", `cannot read ${path}: ${(error as Error).message}`, null, "CANNOT_READ");
  });
  if (found === sha256) return;
  throw new CliError("failed", `${path} is not as it was written`, "Use another copy of the backup.", "BAD_BACKUP");
}

async function isTaken(folder: string): Promise<boolean> {
  return readdir(folder).then(
    () => true,
    (error: unknown) => (error as NodeJS.ErrnoException).code !== "ENOENT",
  );
}
