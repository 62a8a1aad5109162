import { setTimeout as sleep } from "node:timers/promises";
import { nuid } from "@nats-io/transport-node";
import { StoreError, assertStoreKey, createPlaces, type BlobStore } from "@p4/event-store";
import type { Broker } from "./broker.ts";
import { apiErrorCodes, toStoreError } from "./broker-errors.ts";
import { directPage } from "./direct-get.ts";
import { chunkBytes, digestOf, nameToken, readObjectInfo, type ObjectInfo } from "./object-info.ts";
import { publishAcked } from "./pub-ack.ts";
import { blobBucket, blobChunk, blobMeta, blobStream, type BlobBucketName } from "./subjects.ts";

export interface BlobStoreOptions {
  readonly region: string;
  /** Default: `blobs`, whose objects leave with the log's age. Those of `archive` stay. */
  readonly name?: BlobBucketName;
}

const chunksPerPage = 64;
/** Bodies read at the same time: each is held whole. */
const readsAtOnce = 8;
const replicaPollMs = 20;
/** A body may take some pages: it waits longer for its turn than a page does. */
const waitMs = (broker: Broker): number => 3 * broker.requestTimeoutMs;
/** More than the headers of a chunk. */
const headersBytes = 256;

/**
 * Large bodies in an object bucket: stored in chunks, checked by SHA-256 when read. Read by batched direct gets, as the log
 * is: there is no consumer to be left behind, and each page has its time limit.
 */
export function createBlobStore(broker: Broker, options: BlobStoreOptions): BlobStore {
  const bucket = blobBucket(options.region, options.name);
  const stream = blobStream(bucket);
  const inPlace = createPlaces(readsAtOnce, { waitMs: waitMs(broker), name: `reads of ${bucket}` });
  const expectedStream = `Nats-Expected-Stream: ${stream}\r\n`;

  /** By the leader: a replica may not have a new one yet. Null: there never was one, or it has gone with its age. */
  async function infoOf(key: string): Promise<ObjectInfo | null> {
    const path = `STREAM.MSG.GET.${stream}`;
    const question = { last_by_subj: blobMeta(bucket, nameToken(key)) };
    const { message, error } = await broker.apiAnswer<{ message?: { readonly data?: string } }>(path, question);
    if (error?.err_code === apiErrorCodes.noMessageFound) return null;
    if (error !== undefined) throw toStoreError(error, path);
    return readObjectInfo(Buffer.from(message?.data ?? "", "base64").toString("utf8"), `${bucket} ${key}`);
  }

  async function publishInfo(info: ObjectInfo): Promise<void> {
    const subject = blobMeta(bucket, nameToken(info.name));
    const bytes = Buffer.from(JSON.stringify(info));
    const headerLines = `${expectedStream}Nats-Rollup: sub\r\n`;
    await publishAcked(broker, { subject, stream, headerLines, bytes, isEvent: false });
  }

  /** What is left of an object that nothing refers to. When that fails its age takes it. */
  async function purge(id: string): Promise<void> {
    await broker.api(`STREAM.PURGE.${stream}`, { filter: blobChunk(bucket, id) }).catch(() => undefined);
  }

  /**
   * The chunks one after the other, so that they are stored in their order. Gives how many. Only these are taken back
   * after a failure: a description whose answer was lost may be stored, and must not lead nowhere.
   */
  async function publishChunks(id: string, bytes: Uint8Array): Promise<number> {
    const subject = blobChunk(bucket, id);
    // A broker may take less in one message.
    const size = Math.min(chunkBytes, broker.maxPayloadBytes - headersBytes);
    let chunks = 0;
    try {
      for (let from = 0; from < bytes.length; from += size, chunks++) {
        const chunk = bytes.subarray(from, from + size);
        await publishAcked(broker, { subject, stream, headerLines: expectedStream, bytes: chunk, isEvent: false });
      }
    } catch (error) {
      await purge(id);
      throw error;
    }
    return chunks;
  }

  /** Null: there is none. Rejects with STORE_UNAVAILABLE when nothing more of it comes for as long as an answer may take. */
  async function read(key: string): Promise<{ readonly info: ObjectInfo; readonly bytes: Buffer } | null> {
    const parts: Uint8Array[] = [];
    let info = await infoOf(key);
    let after = 0;
    let endMs = performance.now() + broker.requestTimeoutMs;
    while (info !== null && !info.deleted && parts.length < info.chunks) {
      const { messages } = await directPage(broker, stream, {
        seq: after + 1,
        next_by_subj: blobChunk(bucket, info.nuid),
        batch: chunksPerPage,
      });
      for (const { seq, bytes } of messages) {
        after = seq;
        parts.push(bytes);
      }
      if (messages.length > 0) {
        endMs = performance.now() + broker.requestTimeoutMs;
        continue;
      }
      if (performance.now() > endMs) {
        const found = `${String(parts.length)} of ${String(info.chunks)} chunks`;
        throw new StoreError("STORE_UNAVAILABLE", `${bucket} ${key}: ${found} can be read`);
      }
      // The replica that answered lags; or another object has taken this one's name, and its chunks are gone.
      await sleep(replicaPollMs);
      const latest = await infoOf(key);
      if (latest?.nuid !== info.nuid) [parts.length, after] = [0, 0];
      info = latest;
    }
    return info === null || info.deleted ? null : { info, bytes: Buffer.concat(parts) };
  }

  return {
    async put(key, bytes) {
      assertStoreKey(key);
      const earlier = await infoOf(key);
      const id = nuid.next();
      const chunks = await publishChunks(id, bytes);
      await publishInfo({
        name: key,
        bucket,
        nuid: id,
        size: bytes.length,
        chunks,
        digest: digestOf(bytes),
        mtime: new Date().toISOString(),
        deleted: false,
        options: { max_chunk_size: chunkBytes },
      });
      if (earlier !== null) await purge(earlier.nuid);
    },
    async get(key) {
      assertStoreKey(key);
      const found = await inPlace(() => read(key));
      if (found === null) return null;
      const { info, bytes } = found;
      if (bytes.length === info.size && digestOf(bytes) === info.digest) return bytes;
      throw new StoreError("STORE_BLOB_DAMAGED", `${bucket} ${key}: other bytes than its description says`);
    },
    async delete(key) {
      assertStoreKey(key);
      const info = await infoOf(key);
      if (info === null || info.deleted) return;
      await publishInfo({ ...info, size: 0, chunks: 0, digest: "", deleted: true });
      await purge(info.nuid);
    },
  };
}
