import { assertEventId, assertTraceparent, isStoreError } from "@p4/event-store";
import type { AppendRequest, AppendResult, EventLog } from "@p4/event-store";
import type { Broker } from "./broker.ts";
import { writtenSubject } from "@p4/regions";
import { isStaleEpoch, type WriteEpochs } from "./regions/write-epochs.ts";
import type { AppendQueue } from "./append-queue.ts";
import { channelAddress, type ChannelAddress, type Names } from "./subjects.ts";

/** Where events are written, by shard. */
export interface WrittenLog {
  readonly broker: Broker;
  readonly names: Names;
  readonly epochs: WriteEpochs;
  queueOf(shard: number): AppendQueue;
}

/** Appends one event if the channel's last sequence is still the expected one. Tries again once when the epoch has changed. */
export function appenderTo(log: WrittenLog): EventLog["appendToStream"] {
  const { broker, names, epochs } = log;
  return async function appendToStream(request: AppendRequest, isRetry = false): Promise<AppendResult> {
    const { eventId, bytes, expectedStreamVersion, traceparent } = request;
    const address = channelAddress(names, request.channelId);
    const epoch = epochs.of(address.shard);
    assertEventId(eventId);
    if (traceparent !== undefined) assertTraceparent(traceparent);
    // Deduplicated over the whole stream, so the channel is part of it.
    const messageId = `${request.channelId}:${eventId}`;
    const headerLines =
      `Nats-Expected-Last-Subject-Sequence: ${expectedStreamVersion}\r\n` +
      `Nats-Expected-Stream: ${address.stream}\r\n` +
      `Nats-Msg-Id: ${messageId}\r\n` +
      (traceparent === undefined ? "" : `traceparent: ${traceparent}\r\n`);
    epochs.assertLease(epoch);
    try {
      const ack = await log.queueOf(address.shard).publish({
        subject: writtenSubject({ region: names.region, shard: address.shard }, epoch, request.channelId),
        onNoResponders: () => epochs.explainNoResponders(broker, address, epoch),
        stream: address.stream,
        headerLines,
        bytes,
        isEvent: true,
      });
      epochs.assertLease(epoch);
      return { nextExpectedStreamVersion: ack.seq, duplicate: ack.duplicate === true };
    } catch (error) {
      if (isStaleEpoch(error) && !isRetry) return appendToStream(request, true);
      if (!isStoreError(error, "STORE_VERSION_CONFLICT")) throw error;
      const own = await findOwnEvent(broker, address, expectedStreamVersion, messageId);
      if (own === undefined) throw error;
      epochs.assertLease(epoch);
      // The log has it: as good as an acknowledgement.
      broker.health.answered("append");
      return { nextExpectedStreamVersion: own, duplicate: true };
    }
  };
}

interface StoredMessage {
  readonly message?: { readonly seq: number; readonly hdrs?: string };
}

/**
 * A retry after a lost answer: the server compares the sequence before it looks for duplicates, so our own event looks
 * like a conflict. The event that followed the expected version tells; the leader is asked, since replicas may lag.
 */
async function findOwnEvent(
  broker: Broker,
  address: ChannelAddress,
  expectedStreamVersion: number,
  messageId: string,
): Promise<number | undefined> {
  const path = `STREAM.MSG.GET.${address.stream}`;
  const question = { seq: expectedStreamVersion + 1, next_by_subj: address.eventSubject };
  const { message } = await broker.reads.first(() => broker.apiAnswer<StoredMessage>(path, question));
  const headers = Buffer.from(message?.hdrs ?? "", "base64").toString("latin1");
  return headers.includes(`\r\nNats-Msg-Id: ${messageId}\r\n`) ? message?.seq : undefined;
}
