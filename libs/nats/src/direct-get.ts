import type { Msg } from "@nats-io/transport-node";
import { isStoreError, StoreError } from "@p4/event-store";
import type { Broker } from "./broker.ts";
import { status } from "./broker-errors.ts";
import { explainNoResponders } from "./pub-ack.ts";
import type { AnswerSize } from "./read-places.ts";

/** One stored message as a direct get gives it. */
export interface DirectMessage {
  readonly subject: string;
  readonly seq: number;
  readonly storedAtMs: number;
  readonly bytes: Uint8Array;
  readonly message: Msg;
}

export interface DirectPage {
  readonly messages: DirectMessage[];
  /** How many more match behind this page. */
  readonly pending: number;
  /** The last sequence that the member which answered had; null: it did not say. */
  readonly upTo: number | null;
}

/** Fields of ADR-31; `seq` is the first sequence looked at. */
export interface DirectRequest {
  readonly seq?: number;
  readonly next_by_subj?: string;
  readonly multi_last?: readonly string[];
  readonly batch: number;
}

/** A page whose messages keep coming slowly ends all the same: its place is wanted. In request times. */
const longestPage = 10;

/**
 * One batched direct get: a request, many answers, an end mark. Any replica may answer, so it may lag. A page ends with the
 * message that makes it full. Begins when there is a place; rejects with STORE_UNAVAILABLE, also when there is none in time.
 */
export function directPage(
  broker: Broker,
  stream: string,
  request: DirectRequest,
  size: AnswerSize = "full",
): Promise<DirectPage> {
  return broker.reads[size](() => askForPage(broker, stream, { ...request, max_bytes: broker.reads.pageBytes(size) }));
}

function askForPage(
  broker: Broker,
  stream: string,
  request: DirectRequest & { readonly max_bytes: number },
): Promise<DirectPage> {
  const subject = `$JS.API.DIRECT.GET.${stream}`;
  const endMs = performance.now() + longestPage * broker.requestTimeoutMs;
  return new Promise((resolve, reject) => {
    broker.assertReady();
    const messages: DirectMessage[] = [];
    const pendingReply = {
      subject,
      deadlineMs: performance.now() + broker.requestTimeoutMs,
      onReply: (answer: Msg): boolean => {
        const code = answer.headers?.code ?? 0;
        if (code === status.noResponders) broker.health.unanswered("read");
        else broker.health.answered("read");
        if (code === 0) {
          messages.push(toDirectMessage(answer));
          pendingReply.deadlineMs = Math.min(endMs, performance.now() + broker.requestTimeoutMs);
          return false;
        }
        if (code === status.endOfBatch) resolve({ messages, pending: pendingBehind(answer), upTo: upToOf(answer) });
        else if (code === status.notFound) resolve({ messages, pending: 0, upTo: null });
        else if (code === status.noResponders) void explainNoResponders(broker, stream, subject).then(reject);
        else reject(new StoreError("STORE_UNAVAILABLE", `direct get on ${stream}: status ${code}`));
        return true;
      },
      onFailure: (error: Error) => {
        if (isStoreError(error, "STORE_UNAVAILABLE")) broker.health.unanswered("read");
        reject(error);
      },
    };
    const reply = broker.inbox.open(pendingReply);
    broker.writes.post({ subject, body: JSON.stringify(request), options: { reply } });
  });
}

const pendingBehind = (answer: Msg): number => Number(answer.headers?.get("Nats-Num-Pending") ?? 0);

function upToOf(answer: Msg): number | null {
  const text = answer.headers?.get("Nats-UpTo-Sequence") ?? "";
  return text === "" ? null : Number(text);
}

/** Reads the headers that a direct get adds to the stored message. */
export function toDirectMessage(answer: Msg): DirectMessage {
  let subject = "";
  let seq = 0;
  let storedAtMs = 0;
  for (const [name, values] of answer.headers ?? []) {
    const value = values[0] ?? "";
    if (name === "Nats-Subject") subject = value;
    else if (name === "Nats-Sequence") seq = Number(value);
    else if (name === "Nats-Time-Stamp") storedAtMs = Date.parse(value);
  }
  return { subject, seq, storedAtMs, bytes: answer.data, message: answer };
}
