/** The shard of a channel: FNV-1a (32 bits) over the id, which is ASCII by its rule, modulo the number of shards. */
export function shardOf(channelId: string, shards: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < channelId.length; i++) {
    hash = Math.imul(hash ^ channelId.charCodeAt(i), 0x01000193);
  }
  return (hash >>> 0) % shards;
}
