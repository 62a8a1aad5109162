import type { PubAck as FullPubAck } from "@nats-io/jetstream";
import { isStoreError, StoreError } from "@p4/event-store";
import type { Broker } from "./broker.ts";
import { isNoResponders, toStoreError, type ApiFailure } from "./broker-errors.ts";
import { RawHeaders } from "./raw-headers.ts";
import { homeMoved, roleOfStream, type Config } from "./regions/stream-role.ts";

/** What the server counts besides: the header's first line and end, and those that a batch adds. */
const envelopeBytes = 128;

/** JetStream's answer to a stored message; the server leaves out a `duplicate` that is false, where the client adds it. */
export type PubAck = Readonly<Pick<FullPubAck, "seq"> & Partial<Pick<FullPubAck, "duplicate">>>;

export interface StoreMessage {
  readonly subject: string;
  /** The stream that must take it. */
  readonly stream: string;
  /** Complete header lines, each ended by CR LF. */
  readonly headerLines: string;
  readonly bytes: Uint8Array;
  /** A channel's event. Only these tell whether this server reaches its cluster: see `health/failure-detector.ts`. */
  readonly isEvent: boolean;
  /** Why the stream does not listen; default: whether it is there, and a home. */
  readonly onNoResponders?: () => Promise<Error>;
}

/**
 * Publishes and waits for the stream's acknowledgement. When the connection is lost meanwhile the outcome is unknown:
 * STORE_UNAVAILABLE; the same message sent again is a duplicate or a conflict, never a second copy.
 */
export function publishAcked(broker: Broker, message: StoreMessage): Promise<PubAck> {
  return new Promise((resolve, reject) => {
    assertPublishable(broker, message);
    publishWith(broker, message, resolve, reject);
  });
}

/** Throws STORE_UNAVAILABLE or STORE_TOO_LARGE. */
export function assertPublishable(broker: Broker, message: StoreMessage): void {
  broker.assertReady();
  const sizeBytes = message.bytes.length + message.headerLines.length + envelopeBytes;
  if (sizeBytes <= broker.maxPayloadBytes) return;
  throw new StoreError("STORE_TOO_LARGE", `${sizeBytes} bytes; the limit is ${broker.maxPayloadBytes}`);
}

/** The same without a promise of its own. Throws before anything is sent, or calls one of both, once. */
export function publishWith(
  broker: Broker,
  message: StoreMessage,
  resolve: (ack: PubAck) => void,
  reject: (error: Error) => void,
): void {
  const reply = broker.inbox.open({
    subject: message.subject,
    deadlineMs: performance.now() + broker.requestTimeoutMs,
    onReply: (answer) => {
      if (isNoResponders(answer)) {
        if (message.isEvent) broker.health.unanswered("append");
        const why = message.onNoResponders?.() ?? explainNoResponders(broker, message.stream, message.subject);
        void why.then(reject);
        return true;
      }
      const ack = JSON.parse(answer.string()) as PubAck & { error?: ApiFailure };
      if (ack.error !== undefined) {
        // No sign of life: a leader that is cut off from its followers refuses too, and stores nothing.
        reject(toStoreError(ack.error, message.subject));
        return true;
      }
      if (message.isEvent) broker.health.answered("append");
      resolve(ack);
      return true;
    },
    onFailure: (error) => {
      if (message.isEvent && isStoreError(error, "STORE_UNAVAILABLE")) broker.health.unanswered("append");
      reject(error);
    },
  });
  const options = { reply, headers: new RawHeaders(message.headerLines) };
  broker.writes.post({ subject: message.subject, body: message.bytes, options });
}

/** A cluster without a leader does not answer; the caller must be free to try again soon. */
const explainWithinMs = 500;

/** No stream listens on the subject: it is missing, or has no leader at the moment. The API tells which. */
export async function explainNoResponders(broker: Broker, stream: string, subject: string): Promise<Error> {
  try {
    const { config } = await broker.api<{ config: Config }>(`STREAM.INFO.${stream}`, undefined, explainWithinMs);
    const role = roleOfStream(config);
    if (role.kind === "copy" || role.kind === "fenced") return homeMoved(stream, role, broker.url);
    return broker.noResponders(subject);
  } catch (error) {
    return error as Error;
  }
}
