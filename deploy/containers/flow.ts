import { setTimeout as delay } from "node:timers/promises";
import { isStoreError, type EventLog } from "@p4/event-store";

/** A message that the edge has acknowledged as stored, at this place in the log. */
export interface Acknowledged {
  readonly channelId: string;
  readonly messageId: string;
  readonly sequence: number;
}

interface Frame {
  readonly key?: string;
  readonly correlationID?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
}

const retryMs = 500;
const giveUpMs = 60_000;

/**
 * Merchants that offer terms on channel after channel, one message at a time, for as long as the flow runs. A message is
 * sent again, with the same id, until its receipt comes: through refusals, silence and lost sockets.
 */
export class Flow {
  readonly acknowledged: Acknowledged[] = [];
  /** The longest time without any receipt, ms. */
  longestGapMs = 0;
  readonly #url: string;
  readonly #prefix: string;
  readonly #workers: Promise<void>[];
  #lastMs = performance.now();
  #stopped = false;

  constructor(port: number, prefix: string, workers: number) {
    this.#url = `ws://127.0.0.1:${String(port)}/ws/`;
    this.#prefix = prefix;
    this.#workers = Array.from({ length: workers }, (_, index) => this.#work(index));
    // Heard in `stop`, and until then not unhandled.
    for (const worker of this.#workers) worker.catch(() => undefined);
  }

  /** Resolves when `messages` more were acknowledged from now on. */
  async goesOn(messages: number): Promise<void> {
    const goal = this.acknowledged.length + messages;
    const end = performance.now() + giveUpMs;
    while (this.acknowledged.length < goal) {
      if (performance.now() > end) throw new Error(`the flow stands at ${String(this.acknowledged.length)}`);
      await delay(50);
    }
  }

  /** Throws what a worker met that no retry helps. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#workers);
  }

  async #work(worker: number): Promise<void> {
    for (let channel = 0; !this.#stopped; channel++) {
      const channelId = `${this.#prefix}-${String(worker)}-${String(channel)}`;
      const link = new Link(`${this.#url}${channelId}`);
      for (let message = 0; message < 5; message++) {
        const messageId = `m${String(message)}`;
        this.#note({ channelId, messageId, sequence: await link.untilReceipt(messageId) });
      }
      link.close();
    }
  }

  #note(message: Acknowledged): void {
    const nowMs = performance.now();
    this.longestGapMs = Math.max(this.longestGapMs, nowMs - this.#lastMs);
    this.#lastMs = nowMs;
    this.acknowledged.push(message);
  }
}

/** One merchant's way to its channel: a socket, and another one when that is lost. */
class Link {
  readonly #url: string;
  #socket: WebSocket | null = null;

  constructor(url: string) {
    this.#url = url;
  }

  async untilReceipt(messageId: string): Promise<number> {
    const end = performance.now() + giveUpMs;
    while (performance.now() < end) {
      if (this.#socket?.readyState !== WebSocket.OPEN) this.#socket = await open(this.#url);
      const sequence = this.#socket === null ? null : await send(this.#socket, messageId);
      if (sequence !== null) return sequence;
    }
    throw new Error(`${this.#url} ${messageId}: no receipt`);
  }

  close(): void {
    this.#socket?.close();
  }
}

/** Null: not now. */
async function open(url: string): Promise<WebSocket | null> {
  const socket = new WebSocket(`${url}?role=merchant&dialect=p4&receipts=true`);
  const opened = new Promise<boolean>((resolve) => {
    socket.onmessage = () => resolve(true);
    socket.onerror = () => resolve(false);
    socket.onclose = () => resolve(false);
  });
  if (await Promise.race([opened, delay(5_000, false)])) return socket;
  socket.close();
  await delay(retryMs);
  return null;
}

/** Null: refused, or silence for too long. */
async function send(socket: WebSocket, messageId: string): Promise<number | null> {
  const answer = new Promise<number | null>((resolve) => {
    socket.onmessage = ({ data }) => {
      const frame = JSON.parse(String(data)) as Frame;
      if (frame.correlationID !== messageId) return;
      if (frame.key === "receipt") resolve(Number(frame.headers?.["x-p4-sequence"]));
      else resolve(delay(retryMs, null));
    };
    socket.onclose = () => resolve(null);
  });
  socket.send(JSON.stringify({ key: "paymentrequest.response", messageId, correlationID: "", body: terms }));
  return Promise.race([answer, delay(4_000, null)]);
}

/** What of the acknowledged is not in the log exactly once, at the place that the receipt named. */
export async function findLosses(log: EventLog, acknowledged: readonly Acknowledged[]): Promise<string[]> {
  const losses: string[] = [];
  for (const channelId of new Set(acknowledged.map((message) => message.channelId))) {
    const messages = acknowledged.filter((message) => message.channelId === channelId);
    const stored = await readPatiently(log, channelId);
    const places = stored.flatMap(({ bytes, streamVersion }) => {
      const { data } = JSON.parse(decoder.decode(bytes)) as { data: { message?: { messageId?: string } } };
      return data.message?.messageId === undefined ? [] : [`${data.message.messageId} at ${String(streamVersion)}`];
    });
    const wanted = messages.map(({ messageId, sequence }) => `${messageId} at ${String(sequence)}`);
    for (const place of wanted)
      if (places.filter((other) => other === place).length !== 1) losses.push(`${channelId} ${place}`);
    if (new Set(places.map((place) => place.split(" ")[0])).size !== places.length) losses.push(`${channelId}: twice`);
  }
  return losses;
}

async function readPatiently(log: EventLog, channelId: string) {
  for (let tries = 1; ; tries++) {
    try {
      return await log.readStream(channelId, { consistent: true });
    } catch (error) {
      if (!isStoreError(error) || !error.retryable || tries === 20) throw error;
      await delay(retryMs);
    }
  }
}

const decoder = new TextDecoder();
const terms = {
  network: "regtest",
  version: "1.0",
  creationTimestamp: 1_768_471_200,
  expirationTimestamp: 1_768_478_400,
  memo: "invoice",
  paymentUrl: "http://127.0.0.1/pay",
  destinations: { outputs: [{ amount: 1000, script: "76a914f32281faa74e2ac037493f7a3cd317e8f5e9673688ac" }] },
};
