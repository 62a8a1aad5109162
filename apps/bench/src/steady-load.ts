import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";

const channels = 40;
const everyMs = 200;

const channelPrefix = "steady-";

export function isSteadyChannel(channelId: string): boolean {
  return channelId.startsWith(channelPrefix);
}

interface Pair {
  readonly merchant: WebSocket;
  readonly customer: WebSocket;
}

/** Well-behaved wallets: some channels, each with a small message several times a second, at a rate that nothing slows. */
export class SteadyLoad {
  readonly #pairs: readonly Pair[];
  #samples: number[] = [];
  #count = 0;
  /** An id that the log has already would be a duplicate. */
  readonly #prefix = `steady-${randomUUID()}`;
  readonly #waiting = new Map<string, () => void>();

  private constructor(pairs: readonly Pair[]) {
    this.#pairs = pairs;
    for (const { customer } of pairs) customer.onmessage = ({ data }) => this.#onHeard(String(data));
  }

  static async join(port: number): Promise<SteadyLoad> {
    // New channels each time: one holds 512 messages, and would refuse the next edge's load.
    const load = randomUUID();
    const url = (index: number, role: string) =>
      `ws://127.0.0.1:${String(port)}/ws/${channelPrefix}${load}-${String(index)}?dialect=p4&role=${role}`;
    const pairs: Pair[] = [];
    for (let index = 0; index < channels; index++) {
      pairs.push({ merchant: await join(url(index, "merchant")), customer: await join(url(index, "customer")) });
    }
    return new SteadyLoad(pairs);
  }

  /** From each message's `send` to its receipt by the other wallet, ms. A message that never comes counts as the whole time. */
  async measure(forMs: number): Promise<Float64Array> {
    this.#samples = [];
    const end = performance.now() + forMs;
    await Promise.all(
      this.#pairs.map(async (pair, index) => {
        await delay((everyMs * index) / channels);
        while (performance.now() < end) {
          void this.#say(pair, forMs);
          await delay(everyMs);
        }
      }),
    );
    await delay(everyMs);
    return Float64Array.from(this.#samples);
  }

  leave(): void {
    for (const { merchant, customer } of this.#pairs) {
      merchant.close();
      customer.close();
    }
  }

  #onHeard(text: string): void {
    const messageId = /"messageId":"(steady-[^"]+)"/.exec(text)?.[1] ?? "";
    this.#waiting.get(messageId)?.();
    this.#waiting.delete(messageId);
  }

  async #say({ merchant }: Pair, lateMs: number): Promise<void> {
    const messageId = `${this.#prefix}-${String(this.#count++)}`;
    const sentMs = performance.now();
    const heard = new Promise<number>((resolve) => {
      this.#waiting.set(messageId, () => resolve(performance.now() - sentMs));
    });
    merchant.send(JSON.stringify({ key: "paymentrequest.response", messageId, headers: {}, body: {} }));
    this.#samples.push(await Promise.race([heard, delay(lateMs, lateMs, { ref: false })]));
  }
}

function join(url: string): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    socket.onmessage = () => resolve(socket);
    socket.onerror = () => reject(new Error(`${url} could not be joined`));
  });
}
