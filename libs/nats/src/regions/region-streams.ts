import { adoptingSubjects, homeSubjects, noEpoch, writtenSubject, type WrittenSubjects } from "@p4/regions";
import { isOurs } from "../inspect.ts";
import { blobSubjects, bucketSubject, documentBucket, bucketStream } from "../subjects.ts";

/** What a stream is for, which its name tells. */
export type StreamUse =
  | { readonly kind: "log"; readonly shard: number }
  | { readonly kind: "bucket"; readonly bucket: string }
  | { readonly kind: "blobs"; readonly bucket: string };

export function useOf(stream: string): StreamUse {
  const shard = /^P4_CHANNELS_.*_(\d+)$/.exec(stream)?.[1];
  if (shard !== undefined) return { kind: "log", shard: Number(shard) };
  const [, kind, bucket = stream] = /^(KV|OBJ)_(.+)$/.exec(stream) ?? [];
  return kind === "OBJ" ? { kind: "blobs", bucket } : { kind: "bucket", bucket };
}

/**
 * Whether a stream of a region has copies. The index has none: it is made of the log, and its checkpoint could be ahead of a
 * copy of that log, which would hide channels.
 */
export const isCopied = (stream: string, region: string): boolean =>
  isOurs(stream, region) && stream !== bucketStream(documentBucket(region, "index"));

/** What a stream of a home listens to, and what it republishes. */
export function listening(region: string, stream: string, epoch: number): WrittenSubjects & { republish?: object } {
  const use = useOf(stream);
  if (use.kind === "bucket") return { subjects: [bucketSubject(use.bucket, ">")] };
  if (use.kind === "blobs") return { subjects: blobSubjects(use.bucket) };
  return { ...homeSubjects({ region, shard: use.shard }, epoch), republish: republished(region, use.shard, "live") };
}

/** The same, while writers of a deployment without an epoch are still there. */
export function listeningToBoth(region: string, stream: string, epoch: number): ReturnType<typeof listening> {
  const use = useOf(stream);
  if (use.kind !== "log") return listening(region, stream, epoch);
  return { ...listening(region, stream, epoch), ...adoptingSubjects({ region, shard: use.shard }, epoch) };
}

/** Stored events once more, as `p4.<region>.<shard>.<as>.<channel>`. */
export function republished(
  region: string,
  shard: number,
  as: string,
): { readonly src: string; readonly dest: string } {
  return {
    src: writtenSubject({ region, shard }, noEpoch, "*"),
    dest: `p4.${region}.${String(shard)}.${as}.{{wildcard(1)}}`,
  };
}
