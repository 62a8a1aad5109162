import type { Timeline, TimelineEntry } from "@p4/channel";

/** What the demo has to show. */
const expected = [
  "join",
  "join",
  "paymentrequest.create",
  "paymentrequest.response",
  "payment",
  "payment.ack",
  "proof.create",
  "channel.expired",
] as const;

/** Null when the timeline shows all of it; otherwise the first thing that is missing. The machine sees to the order. */
export function missingFromDemo({ entries }: Timeline): string | null {
  const shown = entries.filter(isSuccess).map(({ what }) => what);
  for (const what of expected) {
    const found = shown.indexOf(what);
    if (found < 0) return what;
    shown.splice(found, 1);
  }
  return null;
}

/** A refusal also is a payment.ack, and a proof counts when the header source knows its block. */
function isSuccess({ event }: TimelineEntry): boolean {
  if (event.type === "ProofRecorded") return event.data.proof.status === "verified";
  return event.type !== "PaymentRefused";
}
