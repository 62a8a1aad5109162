import { shardOf, type AppendRequest, type AppendResult, type EventLog, type LiveFeed } from "@p4/event-store";
import type { CopyGate } from "./copy-gate.ts";

interface Ports {
  readonly log: EventLog;
  readonly feed: LiveFeed;
}

/**
 * A log whose events count, and are heard, when a copy at another site has them: an acknowledged event survives the loss of
 * its home. While no copy must have them, both ports are as they were.
 *
 * `streamVersions` and `scan` tell of events that no copy has yet: the first only leads to a read, which waits, and
 * the second makes the index.
 */
export function withCopies({ log, feed }: Ports, gate: CopyGate, shards: number): Ports {
  const untilCopied = async (channelId: string, version: number): Promise<void> => {
    const shard = shardOf(channelId, shards);
    if (!gate.has(shard, version)) await gate.copied(shard, version, channelId);
  };
  const appendAndCopy = async (request: AppendRequest): Promise<AppendResult> => {
    const result = await log.appendToStream(request);
    await untilCopied(request.channelId, result.nextExpectedStreamVersion);
    return result;
  };
  return {
    log: {
      appendToStream: appendAndCopy,
      async readStream(channelId, options) {
        const events = await log.readStream(channelId, options);
        await untilCopied(channelId, events.at(-1)?.streamVersion ?? 0);
        return events;
      },
      streamVersions: (channelIds) => log.streamVersions(channelIds),
      scan: (options) => log.scan(options),
    },
    feed: {
      subscribe(channelId, listener) {
        const shard = shardOf(channelId, shards);
        // By sequence: how to give each up that waits.
        const held = new Map<number, () => void>();
        const subscription = feed.subscribe(channelId, (event) => {
          const { streamVersion } = event;
          if (gate.has(shard, streamVersion)) return listener(event);
          const giveUp = gate.whenCopied(shard, streamVersion, () => {
            held.delete(streamVersion);
            listener(event);
          });
          held.set(streamVersion, giveUp);
        });
        return {
          unsubscribe() {
            subscription.unsubscribe();
            for (const giveUp of held.values()) giveUp();
            held.clear();
          },
        };
      },
      onReconnect: (listener) => feed.onReconnect(listener),
      settled: () => feed.settled(),
    },
  };
}
