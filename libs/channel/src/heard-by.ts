import type { Role } from "@p4/protocol";
import { isEnded, stateName, type ChannelSnapshot } from "./channel.machine.ts";
import { isWalletEvent, type ChannelContext } from "./context.ts";
import { invoicePaid, outgoingMessage, type OutgoingMessage } from "./outgoing.ts";
import type { Participant } from "./participant.ts";
import { standingProofs } from "./proven.ts";
import type { KnownEvent, RememberedEvent } from "./remembered-event.ts";

/** A connection, a stream of server-sent events or a page that follows a channel. */
export interface Listener {
  /** Null: has not said what it is, and hears what any customer hears. */
  readonly role: Role | null;
  /** Null: a listener that never speaks. */
  readonly connectionId: string | null;
  readonly subject?: string;
  /** Versions of payments that it has sent again: it knows them, so their answer is its own. Absent: every payment is. */
  readonly repeated?: ReadonlySet<number>;
}

/** Each role as the one party that the channel is about: what operators are shown. */
export const roleListeners: Readonly<Record<Role, Listener>> = {
  merchant: { role: "merchant", connectionId: null },
  customer: { role: "customer", connectionId: null },
};

/**
 * What a listener hears of an event; null: nothing. A customer's messages are the merchant's alone, the merchant's answer
 * to a payment is the payer's, and the other customers learn that the invoice is paid. What one's own role has said is no
 * news, whether it is heard live or after a resume.
 */
export function heardBy(listener: Listener, event: KnownEvent, context: ChannelContext): OutgoingMessage | null {
  const isMerchant = listener.role === "merchant";
  if (isWalletEvent(event)) {
    const { from } = event.data;
    if (from.connectionId === listener.connectionId || isMerchant !== (from.role === "customer")) return null;
    if (isMerchant || isPayer(listener, event, context)) return outgoingMessage(event);
    return event.type === "PaymentAccepted" ? invoicePaid(event) : null;
  }
  return event.type === "DoubleSpendReported" && !isMerchant ? null : outgoingMessage(event);
}

/** Whether the event is no verdict, or one on a payment of the listener's. */
function isPayer(listener: Listener, event: RememberedEvent, { attempts }: ChannelContext): boolean {
  const payment = attempts.find(({ verdict }) => verdict?.streamVersion === event.streamVersion)?.payment;
  if (payment === undefined || listener.repeated === undefined) return true;
  return listener.repeated.has(payment.streamVersion) || isOwn(listener, payment.data.from);
}

function isOwn({ connectionId, subject }: Listener, from: Participant): boolean {
  if (subject !== undefined && subject === from.subject) return true;
  return connectionId === from.connectionId;
}

/**
 * Store and forward: what a listener that joins still has to know, in the order it was stored. At a channel's end nothing
 * waits for an answer any more, so the merchant is asked for nothing.
 */
export function pendingFor(listener: Listener, snapshot: ChannelSnapshot): readonly OutgoingMessage[] {
  const { context } = snapshot;
  const forRole = listener.role === "merchant" ? pendingForMerchant(snapshot) : pendingForCustomer(snapshot);
  return [...forRole, ...minersNews(context)]
    .sort((left, right) => left.streamVersion - right.streamVersion)
    .map((event) => heardBy(listener, event, context))
    .filter((message) => message !== null);
}

function pendingForMerchant(snapshot: ChannelSnapshot): readonly KnownEvent[] {
  if (isEnded(snapshot)) return [];
  const { request, attempts, doubleSpends } = snapshot.context;
  const unanswered = attempts.at(-1);
  return [
    ...(request === null ? [] : [request]),
    ...(unanswered?.verdict === null ? [unanswered.payment] : []),
    ...doubleSpends,
  ];
}

/** Terms are pending until they are paid; a verdict always is: no message confirms that it was read. */
function pendingForCustomer(snapshot: ChannelSnapshot): readonly KnownEvent[] {
  const { terms, attempts } = snapshot.context;
  const verdict = attempts.at(-1)?.verdict ?? null;
  const wantsTerms = terms !== null && (stateName(snapshot) === "awaitingPayment" || terms.type === "TermsRefused");
  return [...(wantsTerms ? [terms] : []), ...(verdict === null ? [] : [verdict])];
}

/** The proofs that stand, what revoked one that has no successor, and the rejections of the newest payment. */
function minersNews(context: ChannelContext): readonly KnownEvent[] {
  const { attempts, rejections, revocations } = context;
  const proofs = standingProofs(context);
  const proven = new Set(proofs.map(({ data }) => data.proof.txid));
  const paid = attempts.at(-1)?.payment.data.txids ?? [];
  return [
    ...proofs,
    ...revocations.filter(({ data }) => !proven.has(data.revocation.txid)),
    ...rejections.filter(({ data }) => paid.includes(data.rejection.txid) && !proven.has(data.rejection.txid)),
  ];
}
