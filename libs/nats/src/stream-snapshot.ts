import type { Msg } from "@nats-io/transport-node";
import type { StreamInfo } from "@nats-io/jetstream";
import { StoreError } from "@p4/event-store";
import type { Broker } from "./broker.ts";
import { toStoreError, type ApiFailure } from "./broker-errors.ts";

/** A stream as it was when its snapshot began: sequences, times and headers of its messages come back as they were. */
export type SnapshotHead = Pick<StreamInfo, "config" | "state">;

const chunkBytes = 131_072;
/** A server that checks a large stream before it sends the first byte of it takes a while. */
const silenceMs = 60_000;

/**
 * Reads a stream as the broker keeps it, while it is written to. The format of the chunks is the broker's own
 * (`$JS.API.STREAM.SNAPSHOT`), as `nats stream backup` writes it. `onChunk` sets the pace.
 *
 * @throws StoreError STORE_UNAVAILABLE when the broker falls silent or breaks off, STORE_MISSING for a stream that is not there.
 */
export async function snapshotStream(
  broker: Broker,
  stream: string,
  onChunk: (chunk: Uint8Array) => Promise<void>,
): Promise<SnapshotHead> {
  const subject = broker.inbox.newSubject();
  const arrived: Msg[] = [];
  let wake = (): void => undefined;
  const subscription = broker.subscribe(subject, (message) => {
    arrived.push(message);
    wake();
  });
  const next = async (): Promise<Msg> => {
    if (arrived.length === 0) {
      await new Promise<void>((resolve, reject) => {
        const silent = new StoreError("STORE_UNAVAILABLE", `nothing more comes of the snapshot of ${stream}`);
        const timer = setTimeout(() => reject(silent), silenceMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    return arrived.shift() as Msg;
  };
  try {
    const question = { deliver_subject: subject, no_consumers: true, jsck: true, chunk_size: chunkBytes };
    const head = await broker.api<SnapshotHead>(`STREAM.SNAPSHOT.${stream}`, question, silenceMs);
    for (let message = await next(); message.data.length > 0; message = await next()) {
      await onChunk(message.data);
      // The broker sends on once it hears that a chunk has come through.
      if (message.reply !== undefined && message.reply !== "") broker.writes.post({ subject: message.reply, body: "" });
    }
    return { config: head.config, state: head.state };
  } finally {
    subscription.unsubscribe();
  }
}

/**
 * Makes a stream out of its snapshot. It is there when all of it has come, or not at all.
 *
 * @throws StoreError STORE_MISCONFIGURED when a stream of this name is there; STORE_UNAVAILABLE with the broker's reason when it
 * cannot read the snapshot.
 */
export async function restoreStream(
  broker: Broker,
  { config, state }: SnapshotHead,
  chunks: AsyncIterable<Uint8Array>,
): Promise<void> {
  const path = `STREAM.RESTORE.${config.name}`;
  const { deliver_subject: subject } = await broker.api<{ readonly deliver_subject: string }>(path, { config, state });
  let answer: Msg | undefined;
  for await (const chunk of chunks) answer = refusedOr(await send(broker, subject, chunk), path);
  answer = refusedOr(await send(broker, subject, ""), path);
  if (answer.data.length === 0)
    throw new StoreError("STORE_UNAVAILABLE", `${path}: the broker did not say that it is done`);
}

const send = (broker: Broker, subject: string, chunk: Uint8Array | string): Promise<Msg> =>
  broker.request(subject, chunk, { timeoutMs: silenceMs });

/** A chunk is answered by nothing; only a refusal, and the end, by more. */
function refusedOr(answer: Msg, path: string): Msg {
  if (answer.data.length === 0 || answer.data[0] !== 0x7b) return answer;
  const { error } = answer.json<{ readonly error?: ApiFailure }>();
  if (error !== undefined) throw toStoreError(error, path);
  return answer;
}
