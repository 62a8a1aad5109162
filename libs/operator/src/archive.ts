import { decodeDocument, encodeDocument, isStoreError, type BlobStore, type DocumentStore } from "@p4/event-store";
import { createBlobStore, createDocumentStore } from "@p4/nats";
import { sha256Hex } from "@p4/node-crypto";
import { OperatorError } from "./operator-error.ts";
import type { Operator } from "./operator.ts";
import type { MadeEvidence } from "./make-evidence.ts";

/** One archived channel. `sha256` is that of the evidence file. */
export interface ArchiveRecord {
  readonly channelId: string;
  readonly state: string;
  readonly streamVersion: number;
  readonly headHash: string;
  readonly archivedAtMs: number;
  readonly bytes: number;
  readonly sha256: string;
}

/** That a channel must be kept, and why. */
export interface Hold {
  readonly channelId: string;
  readonly reason: string;
  readonly heldAtMs: number;
}

/**
 * Evidence files of channels in a bucket that outlives the log, and what operators noted about them. Each file has a
 * name of its own, so that a record always leads to the very file that it was written for.
 */
export class Archive {
  readonly #files: BlobStore;
  readonly #records: DocumentStore;

  constructor(files: BlobStore, records: DocumentStore) {
    this.#files = files;
    this.#records = records;
  }

  record(channelId: string): Promise<ArchiveRecord | null> {
    return this.#read<ArchiveRecord>(`archive.${channelId}`);
  }

  async *all(): AsyncGenerator<ArchiveRecord> {
    for await (const document of this.#records.entries("archive.")) yield decodeDocument<ArchiveRecord>(document);
  }

  /** The file first, so that no record leads nowhere; an older file of the channel goes last. */
  async put({ channelId, state, streamVersion, headHash, text }: MadeEvidence, nowMs: number): Promise<ArchiveRecord> {
    const bytes = encoder.encode(text);
    const sha256 = sha256Hex(bytes);
    const before = await this.record(channelId);
    await this.#files.put(fileKey({ channelId, sha256 }), bytes);
    const record = { channelId, state, streamVersion, headHash, archivedAtMs: nowMs, bytes: bytes.length, sha256 };
    await this.#records.set(`archive.${channelId}`, encodeDocument(record));
    if (before !== null && before.sha256 !== sha256) await this.#files.delete(fileKey(before));
    return record;
  }

  /** @throws OperatorError ARCHIVE_DAMAGED when the bytes are not those that were archived */
  async get(record: ArchiveRecord): Promise<Uint8Array> {
    const bytes = await this.#files.get(fileKey(record));
    if (bytes !== null && sha256Hex(bytes) === record.sha256) return bytes;
    const fault = bytes === null ? "is missing" : "has other bytes than were archived";
    const nextStep = "Compare with a replica or a backup of the archive bucket.";
    throw new OperatorError("failed", `the archived file of ${record.channelId} ${fault}`, nextStep, "ARCHIVE_DAMAGED");
  }

  /**
   * `held`: the channel is. A concurrent hold wins: holds are looked at again after the record is gone. `renewed`: the channel was
   * archived again after this record, and that stays.
   */
  async remove(record: ArchiveRecord): Promise<"removed" | "held" | "renewed"> {
    const { channelId } = record;
    if ((await this.hold(channelId)) !== null) return "held";
    const now = await this.record(channelId);
    if (now !== null && now.archivedAtMs !== record.archivedAtMs) return "renewed";
    await this.#records.delete(`archive.${channelId}`);
    if ((await this.hold(channelId)) !== null) {
      await this.#records.set(`archive.${channelId}`, encodeDocument(record));
      return "held";
    }
    await this.#files.delete(fileKey(record));
    return "removed";
  }

  hold(channelId: string): Promise<Hold | null> {
    return this.#read<Hold>(`hold.${channelId}`);
  }

  async *holds(): AsyncGenerator<Hold> {
    for await (const document of this.#records.entries("hold.")) yield decodeDocument<Hold>(document);
  }

  /** The first reason stays: a second hold of a channel changes nothing and gives back what is there. */
  async addHold(hold: Hold): Promise<Hold> {
    try {
      await this.#records.put(`hold.${hold.channelId}`, encodeDocument(hold), 0);
      return hold;
    } catch (error) {
      const there = isStoreError(error, "STORE_REVISION_CONFLICT") ? await this.hold(hold.channelId) : null;
      if (there === null) throw error;
      return there;
    }
  }

  async removeHold(channelId: string): Promise<void> {
    await this.#records.delete(`hold.${channelId}`);
  }

  async #read<T>(key: string): Promise<T | null> {
    return decodeDocument<T>(await this.#records.get(key));
  }
}

export function openArchive({ node, config }: Operator): Archive {
  const { region } = config;
  return new Archive(
    createBlobStore(node.broker, { region, name: "archive" }),
    createDocumentStore(node.broker, { region, name: "records" }),
  );
}

const encoder = new TextEncoder();
const fileKey = ({ channelId, sha256 }: Pick<ArchiveRecord, "channelId" | "sha256">): string =>
  `${channelId}.${sha256}`;
