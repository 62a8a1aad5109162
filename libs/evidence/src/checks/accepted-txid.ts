import { eventsOf, type RecordedEvent } from "./recorded-event.ts";

/** The transaction of the payment that the merchant accepted; null when there is none. */
export function acceptedTxidOf(events: readonly RecordedEvent[]): string | null {
  const accepted = events.findIndex(({ event }) => event.type === "PaymentAccepted");
  if (accepted === -1) return null;
  return eventsOf(events.slice(0, accepted), "PaymentSubmitted").at(-1)?.event.data.txid ?? null;
}
