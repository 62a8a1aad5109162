import { inspectStreams, type Broker } from "@p4/nats";

/** Of each shard of the log, the first sequence that it still has: what was before has left with the log's age. */
export async function firstSequences(broker: Broker, region: string): Promise<ReadonlyMap<number, number>> {
  const streams = await inspectStreams(broker, region);
  const events = streams.filter(({ shards }) => shards !== null);
  return new Map(events.map(({ stream, firstSequence }) => [shardOfStream(stream), firstSequence]));
}

const shardOfStream = (stream: string): number => Number(stream.slice(stream.lastIndexOf("_") + 1));
