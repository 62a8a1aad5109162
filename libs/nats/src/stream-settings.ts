import type { StreamConfig } from "@nats-io/jetstream";
import {
  blobStream,
  blobSubjects,
  bucketStream,
  bucketSubject,
  channelStream,
  republishDestination,
  shardEvents,
  type Names,
} from "./subjects.ts";

export interface Placement {
  /** Server tags, for example one per zone. */
  readonly tags?: readonly string[];
  readonly cluster?: string;
}

/**
 * Settings of a stream in JetStream's own field names; times in nanoseconds. What is left out has the server's default. The
 * client's own `Placement` asks for a cluster and tags together, the server takes either.
 */
export type StreamSettings = Readonly<
  Pick<StreamConfig, "name"> & Partial<Omit<StreamConfig, "name" | "placement">>
> & {
  readonly placement?: Placement;
};

export interface ChannelStreamOptions {
  readonly replicas: number;
  readonly retentionMs: number;
  readonly placement?: Placement;
}

export const nanos = (milliseconds: number): number => milliseconds * 1_000_000;

/** Metadata of each channel stream: how many there are. */
export const shardsKey = "p4.shards";

/** Long enough for a retry after a lost answer; the channel itself detects duplicates without a time limit. */
const duplicateWindowMs = 120_000;

/**
 * nats-server 2.15.1 lost whole streams with `s2`: killed with -9 often enough, it cuts a compressed block in its middle
 * and cannot open the stream again ("smb.truncate: ... s2: corrupt input"). DESIGN.md has the run that showed it.
 */
const uncompressed = "none";

/** The log may only grow: no delete, no purge, no rollup, and a full stream refuses instead of dropping the oldest. */
export function channelStreamSettings(names: Names, shard: number, options: ChannelStreamOptions): StreamSettings {
  return {
    name: channelStream(names, shard),
    subjects: [shardEvents(names, shard)],
    retention: "limits",
    storage: "file",
    discard: "new",
    deny_delete: true,
    deny_purge: true,
    allow_rollup_hdrs: false,
    allow_direct: true,
    allow_atomic: true,
    compression: uncompressed,
    max_msgs_per_subject: -1,
    max_msgs: -1,
    max_bytes: -1,
    max_age: nanos(options.retentionMs),
    duplicate_window: nanos(Math.min(duplicateWindowMs, options.retentionMs)),
    num_replicas: options.replicas,
    republish: { src: shardEvents(names, shard), dest: republishDestination(names, shard) },
    metadata: { [shardsKey]: String(names.shards) },
    ...placementSettings(options.placement),
  };
}

export interface BucketOptions {
  readonly replicas: number;
  readonly placement?: Placement;
  /** Keys live this long; 0: no limit. */
  readonly maxAgeMs?: number;
  /** Beyond, the one that was written longest ago goes. A bound in bytes would make the broker set them aside. */
  readonly maxDocuments?: number;
  /** Turns per-key time to live on; a delete marker of an elapsed key is kept this long. */
  readonly markerMs?: number;
}

/** A key-value bucket as every NATS client understands it, with one value per key. */
export function bucketSettings(bucket: string, options: BucketOptions): StreamSettings {
  return {
    name: bucketStream(bucket),
    subjects: [bucketSubject(bucket, ">")],
    retention: "limits",
    storage: "file",
    discard: options.maxDocuments === undefined ? "new" : "old",
    deny_delete: true,
    deny_purge: false,
    allow_rollup_hdrs: true,
    allow_direct: true,
    compression: uncompressed,
    max_msgs_per_subject: 1,
    max_msgs: options.maxDocuments ?? -1,
    max_bytes: -1,
    max_age: nanos(options.maxAgeMs ?? 0),
    num_replicas: options.replicas,
    ...(options.markerMs === undefined
      ? {}
      : ({
          allow_msg_ttl: true,
          subject_delete_marker_ttl: nanos(options.markerMs),
        } satisfies Partial<StreamSettings>)),
    ...placementSettings(options.placement),
  };
}

/** An object bucket as every NATS client understands it. */
export function blobBucketSettings(bucket: string, options: BucketOptions): StreamSettings {
  return {
    name: blobStream(bucket),
    subjects: blobSubjects(bucket),
    retention: "limits",
    storage: "file",
    discard: "new",
    allow_rollup_hdrs: true,
    allow_direct: true,
    max_age: nanos(options.maxAgeMs ?? 0),
    num_replicas: options.replicas,
    ...placementSettings(options.placement),
  };
}

function placementSettings(placement: Placement | undefined): { placement?: Placement } {
  return placement === undefined ? {} : { placement };
}
