/** Where a stream takes writes, and under which subject it stores them. */
export interface WrittenSubjects {
  readonly subjects: readonly string[];
  readonly subject_transform?: { readonly src: string; readonly dest: string };
}

/** A stream of one region and shard. */
export interface Shard {
  readonly region: string;
  readonly shard: number;
}

/** Epoch 0: a deployment that has never had more than one site. Its written subject is the stored one. */
export const noEpoch = 0;

/** The subject that a writer of this epoch publishes on. No other epoch's stream listens there. */
export function writtenSubject({ region, shard }: Shard, epoch: number, channelId: string): string {
  const prefix = `p4.${region}.${String(shard)}`;
  return epoch === noEpoch ? `${prefix}.event.${channelId}` : `${prefix}.write.${String(epoch)}.${channelId}`;
}

/** What the stream of a home listens to, mapped to the stored subject, by which versions, reads and the live feed go. */
export function homeSubjects(shard: Shard, epoch: number): WrittenSubjects {
  const stored = writtenSubject(shard, noEpoch, "*");
  if (epoch === noEpoch) return { subjects: [stored] };
  const written = writtenSubject(shard, epoch, "*");
  return {
    subjects: [written],
    subject_transform: { src: written, dest: writtenSubject(shard, noEpoch, "{{wildcard(1)}}") },
  };
}

/** Both at once, while an existing deployment takes its first epoch. */
export function adoptingSubjects(shard: Shard, epoch: number): WrittenSubjects {
  const home = homeSubjects(shard, epoch);
  return { ...home, subjects: [writtenSubject(shard, noEpoch, "*"), ...home.subjects] };
}

/** Where a deposed home listens: no writer of any epoch publishes there. */
export const fencedSubject = (region: string, stream: string): string => `p4.${region}.fenced.${stream}`;

/** By which a home hands its events to the copy at a site. */
export const deliverySubject = (region: string, site: string, stream: string): string =>
  `p4.${region}.copy.${site}.${stream}`;
