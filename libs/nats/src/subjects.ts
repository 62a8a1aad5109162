import { assertChannelId, shardOf } from "@p4/event-store";

/** Every name that this system uses on the broker is built here, and nowhere else. */
export interface Names {
  readonly region: string;
  readonly shards: number;
}

const tokenRule = /^[A-Za-z0-9_-]{1,32}$/;

/** Checks the region once; throws RangeError. */
export function createNames(region: string, shards: number): Names {
  if (!tokenRule.test(region)) throw new RangeError(`region ${JSON.stringify(region)}: [A-Za-z0-9_-]{1,32}`);
  if (!Number.isInteger(shards) || shards < 1 || shards > 1024) throw new RangeError(`shards ${shards}: 1 to 1024`);
  return { region, shards };
}

export const channelStream = (names: Names, shard: number): string => `P4_CHANNELS_${names.region}_${shard}`;

export const isLogOf = (region: string, stream: string): boolean =>
  new RegExp(`^P4_CHANNELS_${region}_\\d+$`).test(stream);

/** Where a region's writers publish events: before its first epoch, and in any. */
export const writtenEvents = (region: string): readonly string[] => [
  `p4.${region}.*.event.*`,
  `p4.${region}.*.write.*.*`,
];

export const shardEvents = (names: Names, shard: number): string => `p4.${names.region}.${shard}.event.*`;
export const shardLive = (names: Names, shard: number): string => `p4.${names.region}.${shard}.live.*`;

/** Where all of them are republished. */
export const allLive = (region: string): string => `p4.${region}.*.live.*`;

/** Where the copy at a site says what it has. The third token is the shard. */
export const allCopied = (region: string, site: string): string => `p4.${region}.*.copied.${site}.*`;

/** Where the republished copy of an event subject goes: `{{wildcard(1)}}` is the channel id. */
export const republishDestination = (names: Names, shard: number): string =>
  `p4.${names.region}.${shard}.live.{{wildcard(1)}}`;

export interface ChannelAddress {
  readonly shard: number;
  readonly stream: string;
  readonly eventSubject: string;
  readonly liveSubject: string;
}

/** Throws STORE_INVALID_NAME for an id that could address something else. */
export function channelAddress(names: Names, channelId: string): ChannelAddress {
  assertChannelId(channelId);
  const shard = shardOf(channelId, names.shards);
  const prefix = `p4.${names.region}.${shard}`;
  return {
    shard,
    stream: channelStream(names, shard),
    eventSubject: `${prefix}.event.${channelId}`,
    liveSubject: `${prefix}.live.${channelId}`,
  };
}

/** The channel id is the last token of an event or live subject. */
export const channelIdOf = (subject: string): string => subject.slice(subject.lastIndexOf(".") + 1);

export const deadlineBucket = (region: string): string => `P4_DEADLINES_${region}`;
export const documentBucket = (region: string, name: string): string => `P4_${name.toUpperCase()}_${region}`;
/** Bodies too large for the log (`blobs`), evidence files of channels that the log may lose (`archive`). */
export type BlobBucketName = "blobs" | "archive";
export const blobBucket = (region: string, name: BlobBucketName = "blobs"): string =>
  `P4_${name.toUpperCase()}_${region}`;
/** A key-value bucket is a stream with this name and these subjects (the rule of all NATS clients). */
export const bucketStream = (bucket: string): string => `KV_${bucket}`;
/** The stream of a region's bucket of documents. */
export const documentStream = (region: string, name: string): string => bucketStream(documentBucket(region, name));
export const bucketSubject = (bucket: string, key: string): string => `$KV.${bucket}.${key}`;

/** An object bucket is a stream too: chunks and their descriptions. */
export const blobStream = (bucket: string): string => `OBJ_${bucket}`;
export const blobChunk = (bucket: string, objectId: string): string => `$O.${bucket}.C.${objectId}`;
export const blobMeta = (bucket: string, nameToken: string): string => `$O.${bucket}.M.${nameToken}`;
export const blobSubjects = (bucket: string): string[] => [blobChunk(bucket, ">"), blobMeta(bucket, ">")];

/** The durable consumer that all expiry workers share. */
export const deadlineWorkers = "expiry";
export const presenceSubject = (region: string, nodeId: string): string => `p4.${region}.presence.${nodeId}`;
