import type { ChannelContext } from "./context.ts";
import { refuse, type Refusal } from "./decision.ts";
import type { RememberedNews } from "./remembered-event.ts";

/**
 * What a channel takes, in events and in bytes of its log. A conversation of two wallets is short; the bounds keep one
 * channel from eating a node, and one party from using up the others' room. Each share is looked at before a message is
 * taken, so the last one may exceed it by its own size.
 */
export const defaultMaxLogBytes = 16 * 1024 * 1024;
export const maxEvents = 1_024;
/** Joins beyond this are served, but no longer recorded, unless they change who is the merchant. */
export const maxRecordedJoins = 16;

/** What a share counts. */
interface Stored {
  readonly sizeBytes: number;
}

interface Share {
  readonly name: string;
  readonly maxEvents: number;
  /** Of the channel's bytes. */
  readonly ofBytes: number;
}

const oneCustomer: Share = { name: "of one customer", maxEvents: 128, ofBytes: 1 / 4 };
const allCustomers: Share = { name: "of all customers", maxEvents: 384, ofBytes: 1 / 2 };
const merchant: Share = { name: "of the merchant, unasked,", maxEvents: 384, ofBytes: 1 / 2 };
const miners: Share = { name: "of miners", maxEvents: 256, ofBytes: 1 / 4 };
/** A proof may come before the payment that it is for; beyond that it is no business of the channel. */
const unsubmitted: Share = {
  name: "of transactions that the channel has not submitted",
  maxEvents: 16,
  ofBytes: 1 / 8,
};

/** Whether anything but an answer may be added to the log. */
export function hasRoomForMore({ eventCount, logBytes, maxLogBytes }: ChannelContext): boolean {
  return eventCount < maxEvents && logBytes < maxLogBytes;
}

/** Null: there is room. `events`: what the share holds already. */
function overShare(share: Share, events: readonly Stored[], context: ChannelContext): Refusal | null {
  if (!hasRoomForMore(context)) {
    return refuse("CHANNEL_FULL", `at most ${String(maxEvents)} events and ${String(context.maxLogBytes)} bytes`);
  }
  const maxBytes = Math.floor(context.maxLogBytes * share.ofBytes);
  const bytes = events.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  if (events.length < share.maxEvents && bytes < maxBytes) return null;
  return refuse(
    "CHANNEL_FULL",
    `at most ${String(share.maxEvents)} events ${share.name} and ${String(maxBytes)} bytes`,
  );
}

/** A question of a customer, of whom the channel has `own` already. */
export function overCustomersShare(own: readonly Stored[], context: ChannelContext): Refusal | null {
  const all = context.messages.filter(({ data }) => data.from.role === "customer");
  return overShare(oneCustomer, own, context) ?? overShare(allCustomers, all, context);
}

/** What the merchant says without having been asked. */
export function overMerchantsShare(context: ChannelContext): Refusal | null {
  const own = context.messages.filter(({ data }) => data.from.role === "merchant");
  return overShare(merchant, own, context);
}

/** News of a transaction, submitted on this channel or not. */
export function overMinersShare(isSubmitted: boolean, context: ChannelContext): Refusal | null {
  const { proofs, doubleSpends, rejections, revocations, attempts } = context;
  const all = [...proofs, ...doubleSpends, ...rejections, ...revocations];
  if (isSubmitted) return overShare(miners, all, context);
  const known = new Set(attempts.flatMap(({ payment }) => payment.data.txids));
  return overShare(
    unsubmitted,
    all.filter((event) => !known.has(txidOf(event))),
    context,
  );
}

function txidOf({ data }: RememberedNews): string {
  if ("proof" in data) return data.proof.txid;
  if ("doubleSpend" in data) return data.doubleSpend.txid;
  return "rejection" in data ? data.rejection.txid : data.revocation.txid;
}
