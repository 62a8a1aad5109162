import { relay, Wallet } from "../wallet.ts";
import { dppWire, type Role } from "../wires.ts";
import type { Subject } from "./subjects.ts";

/** Only what is done inside `measured` counts; it notes each operation's latency in ms. */
export type Load = (target: Target, measured: Measured) => Promise<void>;

export interface Target {
  readonly subject: Pick<Subject, "port" | "wire">;
  /** Begins the ids of this measurement's channels: no two share one. */
  readonly prefix: string;
}

export type Measured = (work: (note: (latencyMs: number) => void) => Promise<void>) => Promise<void>;

export interface Pair {
  readonly merchant: Wallet;
  readonly customer: Wallet;
}

const bodyBytes = 700;
const body = JSON.stringify({ filler: "x".repeat(bodyBytes - '{"filler":""}'.length) });

const askForTerms = { key: "paymentrequest.create", from: "customer" } as const;
const offerTerms = { key: "paymentrequest.response", from: "merchant" } as const;
const pay = { key: "payment", from: "customer" } as const;
const thank = { key: "payment.ack", from: "merchant" } as const;

/** Channels with a message under way each; terms are asked for and offered again and again. Joins are not counted. */
export function conversations(channels: number, messages: number): Load {
  return async (target, measured) => {
    const pairs: Pair[] = [];
    await inParallel(channels, 16, async (index) => void pairs.push(await joinPair(target, index)));
    await measured(async (note) => {
      const talk = async (pair: Pair, channel: number): Promise<void> => {
        for (let index = 0; index < messages; index++) {
          const step = index % 2 === 0 ? askForTerms : offerTerms;
          note(await take(step, pair, `${target.prefix}${String(channel)}-${String(index)}`));
        }
      };
      await Promise.all(pairs.map(talk));
    });
    await Promise.all(pairs.map(leavePair));
  };
}

/** Everything that a payment costs: two joins on a new channel, four messages, two leaves. */
export function payments(count: number, atOnce: number): Load {
  return (target, measured) =>
    measured((note) =>
      inParallel(count, atOnce, async (index) => {
        const startedMs = performance.now();
        await payment(target, index);
        note(performance.now() - startedMs);
      }),
    );
}

/** @param onJoined called once the first wallet is in */
export async function payment(target: Target, index: number, onJoined: () => void = () => undefined): Promise<void> {
  const wallets: Wallet[] = [];
  try {
    const pair = await joinPair(target, index, (wallet) => {
      wallets.push(wallet);
      onJoined();
    });
    for (const step of [askForTerms, offerTerms, pay, thank]) {
      await take(step, pair, `${target.prefix}${String(index)}-${step.key}`);
    }
  } finally {
    await Promise.all(wallets.map((wallet) => wallet.leave()));
  }
}

/** Merchants who open channels, or customers who come to channels that are open on the same node. */
export function joins(kind: "opening" | "joining", count: number, atOnce: number): Load {
  return async (target, measured) => {
    const wallets: Wallet[] = [];
    const enter = async (index: number, role: Role): Promise<void> => {
      wallets.push(await join(target, index, role));
    };
    if (kind === "joining") await inParallel(count, atOnce, (index) => enter(index, "merchant"));
    await measured((note) =>
      inParallel(count, atOnce, async (index) => {
        const startedMs = performance.now();
        await enter(index, kind === "opening" ? "merchant" : "customer");
        note(performance.now() - startedMs);
      }),
    );
    await Promise.all(wallets.map((wallet) => wallet.leave()));
  };
}

/** The same server, spoken to as deployed wallets do. */
export function deployed(subject: Subject): Subject {
  return { ...subject, wire: dppWire };
}

export function join({ subject, prefix }: Target, index: number, role: Role): Promise<Wallet> {
  return Wallet.join(subject.wire, subject.port, `${prefix}${String(index)}`, role);
}

async function joinPair(target: Target, index: number, onJoined: (wallet: Wallet) => void = () => undefined) {
  const merchant = await join(target, index, "merchant");
  onJoined(merchant);
  const customer = await join(target, index, "customer");
  onJoined(customer);
  return { merchant, customer };
}

async function leavePair({ merchant, customer }: Pair): Promise<void> {
  await Promise.all([merchant.leave(), customer.leave()]);
}

function take(step: { readonly key: string; readonly from: Role }, pair: Pair, messageId: string): Promise<number> {
  const to = step.from === "customer" ? pair.merchant : pair.customer;
  return relay(pair[step.from], to, { key: step.key, messageId, body });
}

export async function inParallel(count: number, atOnce: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) await work(index);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
