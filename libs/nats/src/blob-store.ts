import { Objm, type ObjectStore } from "@nats-io/obj";
import { StoreError, assertStoreKey, isStoreError, type BlobStore } from "@p4/event-store";
import type { Broker } from "./broker.ts";
import { explainSilence } from "./pub-ack.ts";
import { blobBucket, blobStream, type BlobBucketName } from "./subjects.ts";

export interface BlobStoreOptions {
  readonly region: string;
  /** Default: `blobs`, whose objects leave with the log's age. Those of `archive` stay. */
  readonly name?: BlobBucketName;
}

/** Large bodies in an object bucket: stored in chunks, checked by SHA-256 when read. */
export function createBlobStore(broker: Broker, options: BlobStoreOptions): BlobStore {
  const bucket = blobBucket(options.region, options.name);
  let opened: Promise<ObjectStore> | undefined;

  async function use<T>(work: (store: ObjectStore) => Promise<T>): Promise<T> {
    broker.assertReady();
    try {
      opened ??= new Objm(broker.nc).open(bucket);
      return await work(await opened);
    } catch (cause) {
      opened = undefined;
      throw await explain(cause);
    }
  }

  /** The client's own errors carry texts only: the API tells whether the bucket is there. */
  async function explain(cause: unknown): Promise<Error> {
    if (isStoreError(cause)) return cause;
    const known = await explainSilence(broker, blobStream(bucket), bucket);
    if (!isStoreError(known, "STORE_UNAVAILABLE")) return known;
    return new StoreError("STORE_UNAVAILABLE", `blobs in ${bucket}`, { cause });
  }

  return {
    async put(key, bytes) {
      assertStoreKey(key);
      await use((store) => store.putBlob({ name: key }, bytes));
    },
    async get(key) {
      assertStoreKey(key);
      return use((store) => store.getBlob(key));
    },
    async delete(key) {
      assertStoreKey(key);
      await use(async (store) => {
        if ((await store.info(key)) !== null) await store.delete(key);
      });
    },
  };
}
