import { eventsOf, type RecordedEvent } from "./recorded-event.ts";

/** The transactions of the payment that the merchant accepted; empty when there is none, or none that can be read. */
export function acceptedTxidsOf(events: readonly RecordedEvent[]): readonly string[] {
  const accepted = events.findIndex(({ event }) => event.type === "PaymentAccepted");
  if (accepted === -1) return [];
  return eventsOf(events.slice(0, accepted), "PaymentSubmitted").at(-1)?.event.data.txids ?? [];
}
