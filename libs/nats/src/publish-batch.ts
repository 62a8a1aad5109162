import { randomUUID } from "node:crypto";
import { StoreError } from "@p4/event-store";
import type { Broker } from "./broker.ts";
import { isNoResponders, type ApiFailure } from "./broker-errors.ts";
import type { StoreMessage } from "./pub-ack.ts";
import { RawHeaders } from "./raw-headers.ts";

/** JetStream's answer to a batch, of which only what is compared. */
interface BatchAck {
  /** Of its last message. The others have the numbers before, without a gap. */
  readonly seq?: number;
  readonly count?: number;
  readonly error?: ApiFailure;
}

export interface BatchOutcome {
  stored(lastSequence: number): void;
  /** The stream has answered that nothing of it is stored, or none listens. */
  refused(why?: ApiFailure): void;
  /** All of it is stored, or nothing. */
  unknown(error: Error): void;
}

const sender = randomUUID().slice(0, 18);
let batches = 0;

/** Sends messages of one stream to be stored together or not at all (NATS ADR-50), and tells once what became of them. */
export function publishBatch(broker: Broker, messages: readonly StoreMessage[], outcome: BatchOutcome): void {
  const subject = messages.at(-1)?.subject ?? "";
  const reply = broker.inbox.open({
    subject,
    deadlineMs: performance.now() + broker.requestTimeoutMs,
    onReply: (answer) => {
      if (isNoResponders(answer)) {
        outcome.refused();
        return true;
      }
      const { seq, count, error } = answer.json<BatchAck>();
      if (error !== undefined) outcome.refused(error);
      else if (seq !== undefined && count === messages.length) outcome.stored(seq);
      else outcome.unknown(new StoreError("STORE_UNAVAILABLE", `unreadable answer to a batch on ${subject}`));
      return true;
    },
    onFailure: (error) => outcome.unknown(error),
  });
  const batch = `Nats-Batch-Id: ${sender}.${(++batches).toString(36)}\r\nNats-Batch-Sequence: `;
  messages.forEach(({ subject, headerLines, bytes }, index) => {
    const isLast = index === messages.length - 1;
    const lines = `${headerLines}${batch}${String(index + 1)}\r\n${isLast ? "Nats-Batch-Commit: 1\r\n" : ""}`;
    const headers = new RawHeaders(lines);
    broker.writes.post({ subject, body: bytes, options: isLast ? { headers, reply } : { headers } });
  });
}
