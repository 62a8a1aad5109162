import { StoreError, assertStoreKey, isStoreError, type DocumentStore, type StoredDocument } from "@p4/event-store";
import type { Msg } from "@nats-io/transport-node";
import type { Broker } from "./broker.ts";
import { apiErrorCodes, status, toStoreError } from "./broker-errors.ts";
import { directPage, toDirectMessage } from "./direct-get.ts";
import { explainNoResponders, publishAcked } from "./pub-ack.ts";
import { bucketStream, bucketSubject, documentBucket } from "./subjects.ts";

export interface DocumentStoreOptions {
  readonly region: string;
  /** As provisioned, for example `proofs`. */
  readonly name: string;
}

const documentsPerPage = 500;

/** Documents in a key-value bucket of one value per key, readable by any NATS client. */
export function createDocumentStore(broker: Broker, options: DocumentStoreOptions): DocumentStore {
  const bucket = documentBucket(options.region, options.name);
  const stream = bucketStream(bucket);

  async function write(key: string, bytes: Uint8Array, headerLines: string): Promise<number> {
    assertStoreKey(key);
    const subject = bucketSubject(bucket, key);
    const ack = await publishAcked(broker, { subject, stream, headerLines, bytes, isEvent: false });
    return ack.seq;
  }

  return {
    async get(key, { expectNone = false } = {}) {
      assertStoreKey(key);
      const subject = bucketSubject(bucket, key);
      if (expectNone) return readFromLeader(broker, stream, key, subject);
      const path = `$JS.API.DIRECT.GET.${stream}.${subject}`;
      const onNoResponders = () => explainNoResponders(broker, stream, subject);
      const answer = await broker.reads.first(() => broker.request(path, "", { onNoResponders }));
      const code = answer.headers?.code ?? 0;
      if (code === 0) return toDocument(key, answer);
      if (code !== status.notFound) throw new StoreError("STORE_UNAVAILABLE", `${path}: status ${code}`);
      // A replica may not have it yet; the leader knows.
      return readFromLeader(broker, stream, key, subject);
    },
    async put(key, bytes, expectedRevision) {
      try {
        return await write(key, bytes, `Nats-Expected-Last-Subject-Sequence: ${expectedRevision}\r\n`);
      } catch (error) {
        if (!isStoreError(error, "STORE_VERSION_CONFLICT")) throw error;
        throw new StoreError("STORE_REVISION_CONFLICT", `${bucket} ${key}: not at ${expectedRevision}`, {
          cause: error,
        });
      }
    },
    set: (key, bytes) => write(key, bytes, `Nats-Expected-Stream: ${stream}\r\n`),
    async delete(key) {
      assertStoreKey(key);
      await broker.api(`STREAM.PURGE.${stream}`, { filter: bucketSubject(bucket, key) });
    },
    async *keys(prefix = "") {
      for await (const { key } of listDocuments(broker, bucket, prefix)) yield key;
    },
    entries: (prefix = "", { afterRevision = 0 } = {}) => listDocuments(broker, bucket, prefix, afterRevision),
  };
}

/** A key deleted by another client leaves a mark with this header, or with the server's own. */
const isTombstone = (headers: { has(name: string): boolean } | undefined): boolean =>
  headers !== undefined && (headers.has("KV-Operation") || headers.has("Nats-Marker-Reason"));

function toDocument(key: string, answer: Msg): StoredDocument | null {
  if (isTombstone(answer.headers)) return null;
  const { bytes, seq, storedAtMs } = toDirectMessage(answer);
  return { key, bytes, revision: seq, storedAtMs };
}

interface LeaderAnswer {
  readonly message?: { readonly seq: number; readonly time: string; readonly data?: string; readonly hdrs?: string };
}

async function readFromLeader(
  broker: Broker,
  stream: string,
  key: string,
  subject: string,
): Promise<StoredDocument | null> {
  const path = `STREAM.MSG.GET.${stream}`;
  const question = { last_by_subj: subject };
  const { message, error } = await broker.reads.first(() => broker.apiAnswer<LeaderAnswer>(path, question));
  if (error?.err_code === apiErrorCodes.noMessageFound) return null;
  if (error !== undefined || message === undefined) throw toStoreError(error ?? { code: 500 }, path);
  const headers = Buffer.from(message.hdrs ?? "", "base64").toString("latin1");
  if (/\r\n(KV-Operation|Nats-Marker-Reason):/.test(headers)) return null;
  const bytes = new Uint8Array(Buffer.from(message.data ?? "", "base64"));
  return { key, bytes, revision: message.seq, storedAtMs: Date.parse(message.time) };
}

async function* listDocuments(
  broker: Broker,
  bucket: string,
  prefix: string,
  afterRevision = 0,
): AsyncGenerator<StoredDocument> {
  // Whole tokens of the prefix are left to the server; the rest is looked at here.
  const filter = bucketSubject(bucket, `${prefix.slice(0, prefix.lastIndexOf(".") + 1)}>`);
  const keyStart = bucketSubject(bucket, "").length;
  for (let after = afterRevision; ;) {
    const request = { seq: after + 1, next_by_subj: filter, batch: documentsPerPage };
    const { messages, pending } = await directPage(broker, bucketStream(bucket), request);
    for (const { subject, seq, message, bytes, storedAtMs } of messages) {
      after = seq;
      const key = subject.slice(keyStart);
      if (key.startsWith(prefix) && !isTombstone(message.headers)) yield { key, bytes, revision: seq, storedAtMs };
    }
    if (pending === 0 || messages.length === 0) return;
  }
}
