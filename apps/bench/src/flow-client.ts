/** What one run of the four-message flow showed. */
export interface FlowFigures {
  readonly flows: number;
  readonly messages: number;
  readonly elapsedMs: number;
  /** From the sender's `send` to the other wallet's receipt, one number for each message, ms. */
  readonly relayMs: Float64Array;
}

export interface FlowLoad {
  readonly port: number;
  readonly channels: number;
  /** Channels with a message under way at the same time. */
  readonly concurrency: number;
  readonly bodyBytes: number;
  readonly prefix: string;
}

export interface Wallets {
  readonly merchant: WebSocket;
  readonly customer: WebSocket;
  readonly channelId: string;
}

export const steps = [
  { key: "paymentrequest.create", from: "customer" },
  { key: "paymentrequest.response", from: "merchant" },
  { key: "payment", from: "customer" },
  { key: "payment.ack", from: "merchant" },
] as const;

/** Two wallets on each channel; then every channel runs request, terms, payment and ack, so many channels at a time. */
export async function runFlows(load: FlowLoad): Promise<FlowFigures> {
  const wallets = await joinAll(load);
  const filler = "x".repeat(load.bodyBytes);
  const relayMs = new Float64Array(load.channels * steps.length);
  let next = 0;
  let count = 0;
  const startedMs = performance.now();
  const worker = async (): Promise<void> => {
    for (let channel = wallets[next++]; channel !== undefined; channel = wallets[next++]) {
      for (const [index, { key, from }] of steps.entries()) {
        relayMs[count++] = await relay(channel, key, from, index, filler);
      }
    }
  };
  await withProgress(
    () => count,
    () => Promise.all(Array.from({ length: load.concurrency }, worker)),
  );
  const elapsedMs = performance.now() - startedMs;
  let left = 0;
  const sockets = wallets.flatMap(({ merchant, customer }) => [merchant, customer]);
  await withProgress(
    () => left,
    () => Promise.all(sockets.map((socket) => leave(socket).then(() => left++))),
  );
  return { flows: load.channels, messages: count, elapsedMs, relayMs };
}

/** A message that never arrives must end the run with a word, not hang it. */
async function withProgress(progress: () => number, work: () => Promise<unknown>): Promise<void> {
  let last = -1;
  let watch: NodeJS.Timeout | undefined;
  const stalled = new Promise<never>((_resolve, reject) => {
    watch = setInterval(() => {
      if (progress() === last) reject(new Error(`no message arrived for ${String(stallMs)} ms, after ${String(last)}`));
      last = progress();
    }, stallMs);
  });
  try {
    await Promise.race([work(), stalled]);
  } finally {
    clearInterval(watch);
  }
}

const stallMs = 10_000;

async function joinAll({ port, channels, prefix, concurrency }: FlowLoad): Promise<Wallets[]> {
  const wallets: Wallets[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < channels; index = next++) {
      const channelId = `${prefix}${String(index)}`;
      const url = `ws://127.0.0.1:${String(port)}/ws/${channelId}?dialect=p4`;
      const merchant = await join(`${url}&role=merchant`);
      const customer = await join(`${url}&role=customer`);
      wallets.push({ merchant, customer, channelId });
    }
  };
  await withProgress(
    () => wallets.length,
    () => Promise.all(Array.from({ length: Math.min(concurrency, 64) }, worker)),
  );
  return wallets;
}

export function join(url: string): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    socket.onmessage = () => resolve(socket);
    socket.onerror = () => reject(new Error(`${url} could not be joined`));
  });
}

export function leave(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    socket.onclose = () => resolve();
    socket.close(1000);
  });
}

export function relay(
  channel: Wallets,
  key: string,
  from: "customer" | "merchant",
  index: number,
  filler: string,
): Promise<number> {
  const [sender, receiver] =
    from === "customer" ? [channel.customer, channel.merchant] : [channel.merchant, channel.customer];
  return new Promise((resolve, reject) => {
    const sentMs = performance.now();
    receiver.onmessage = () => resolve(performance.now() - sentMs);
    sender.onmessage = (message) => reject(new Error(`refused: ${String(message.data)}`));
    const messageId = `${channel.channelId}-${String(index)}`;
    sender.send(JSON.stringify({ key, messageId, channelID: channel.channelId, headers: {}, body: { filler } }));
  });
}
