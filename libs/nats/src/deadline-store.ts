import type { DeadlineStore } from "@p4/event-store";
import { assertChannelId } from "@p4/event-store";
import type { Broker } from "./broker.ts";
import { DeadlineWorker } from "./deadline-worker.ts";
import { publishAcked } from "./pub-ack.ts";
import { bucketStream, bucketSubject, deadlineBucket } from "./subjects.ts";
import { tombstoneLines, wholeSeconds } from "./time-to-live.ts";

export interface DeadlineStoreOptions {
  readonly region: string;
}

/**
 * Deadlines as keys with a time to live: the server's own delete marker is the timer. The client's `put` cannot set a
 * time to live, so the message is published with its headers as every NATS client would read it.
 */
export function createDeadlineStore(broker: Broker, options: DeadlineStoreOptions): DeadlineStore {
  const bucket = deadlineBucket(options.region);
  const stream = bucketStream(bucket);
  const empty = new Uint8Array();

  async function write(channelId: string, headerLines: string): Promise<void> {
    assertChannelId(channelId);
    const subject = bucketSubject(bucket, channelId);
    await publishAcked(broker, { subject, stream, headerLines, bytes: empty, isEvent: false });
  }

  const arm = (channelId: string, remainingMs: number): Promise<void> =>
    write(channelId, `Nats-TTL: ${wholeSeconds(remainingMs)}\r\n`);

  return {
    arm,
    disarm: (channelId) => write(channelId, tombstoneLines),
    async watchElapsed(handler) {
      const worker = new DeadlineWorker(broker, stream, handler, arm);
      await worker.start();
      return { unsubscribe: () => worker.stop(), stopped: worker.stopped };
    },
  };
}
