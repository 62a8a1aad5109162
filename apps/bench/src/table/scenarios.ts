import { join, leave, relay, steps, type Wallets } from "../flow-client.ts";

/** One kind of load, the same for every server that is compared. */
export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** What is counted. */
  readonly unit: "message" | "payment" | "join";
  /** Only what is done inside `measured` counts; it notes each operation's latency in ms. */
  run(target: Target, measured: Measured): Promise<void>;
}

export interface Target {
  readonly port: number;
  /** Begins the ids of this run's channels: no two runs share one. */
  readonly prefix: string;
}

export type Measured = (work: (note: (latencyMs: number) => void) => Promise<void>) => Promise<void>;

const bodyBytes = 700;
const filler = "x".repeat(bodyBytes);

function counted(count: number, noun: string): string {
  return `${String(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** Channels with a message under way each; terms are asked for and offered again and again. Joins are not counted. */
function conversations(name: string, channels: number, messages: number): Scenario {
  const title = `${counted(channels, "conversation")}, one message in flight each, ${String(messages)} messages`;
  return {
    name,
    title,
    unit: "message",
    async run(target, measured) {
      const pairs: Wallets[] = [];
      await inParallel(channels, 16, async (index) => void pairs.push(await joinPair(target, index)));
      await measured(async (note) => {
        const talk = async (pair: Wallets): Promise<void> => {
          for (let index = 0; index < messages; index++) {
            const [key, from] = index % 2 === 0 ? askForTerms : offerTerms;
            note(await relay(pair, key, from, index, filler));
          }
        };
        await Promise.all(pairs.map(talk));
      });
      await Promise.all(pairs.map(leavePair));
    },
  };
}

const askForTerms = ["paymentrequest.create", "customer"] as const;
const offerTerms = ["paymentrequest.response", "merchant"] as const;

/** Everything that a payment costs: two joins on a new channel, four messages, two leaves. */
function payments(count: number, atOnce: number): Scenario {
  return {
    name: "payments",
    title: `${String(count)} whole payments, ${String(atOnce)} at once: two joins, four messages, two leaves`,
    unit: "payment",
    run: (target, measured) =>
      measured(async (note) => {
        await inParallel(count, atOnce, async (payment) => {
          const startedMs = performance.now();
          const pair = await joinPair(target, payment);
          for (const [index, { key, from }] of steps.entries()) await relay(pair, key, from, index, filler);
          await leavePair(pair);
          note(performance.now() - startedMs);
        });
      }),
  };
}

/** Merchants who open channels, or customers who come to channels that are open on the same node. */
function joins(name: "opening" | "joining", count: number, atOnce: number): Scenario {
  const opening = name === "opening";
  return {
    name,
    title: `${String(count)} joins to ${opening ? "new" : "open"} channels, ${String(atOnce)} at once`,
    unit: "join",
    async run(target, measured) {
      const sockets: WebSocket[] = [];
      const enter = async (index: number, role: string): Promise<void> => {
        sockets.push(await join(urlOf(target, index, role)));
      };
      if (!opening) await inParallel(count, atOnce, (index) => enter(index, "merchant"));
      await measured((note) =>
        inParallel(count, atOnce, async (index) => {
          const startedMs = performance.now();
          await enter(index, opening ? "merchant" : "customer");
          note(performance.now() - startedMs);
        }),
      );
      await Promise.all(sockets.map(leave));
    },
  };
}

export const scenarios: readonly Scenario[] = [
  conversations("alone", 1, 200),
  conversations("conversations", 32, 60),
  conversations("crowd", 256, 16),
  payments(200, 16),
  joins("opening", 300, 16),
  joins("joining", 300, 16),
];

const urlOf = ({ port, prefix }: Target, index: number, role: string): string =>
  `ws://127.0.0.1:${String(port)}/ws/${prefix}${String(index)}?dialect=p4&role=${role}`;

async function joinPair(target: Target, index: number): Promise<Wallets> {
  const merchant = await join(urlOf(target, index, "merchant"));
  const customer = await join(urlOf(target, index, "customer"));
  return { merchant, customer, channelId: `${target.prefix}${String(index)}` };
}

async function leavePair({ merchant, customer }: Wallets): Promise<void> {
  await Promise.all([leave(merchant), leave(customer)]);
}

async function inParallel(count: number, atOnce: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) await work(index);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
