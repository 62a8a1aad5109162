import type { Timeline } from "@p4/channel";

/** What the demo has to show. The proof must be one whose block the header source knows. */
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

/** Null when the timeline shows all of it in this order; otherwise the first thing that is missing. */
export function missingFromDemo({ entries }: Timeline): string | null {
  let next = 0;
  for (const entry of entries) {
    if (entry.what !== expected[next]) continue;
    if (entry.event.type === "ProofRecorded" && entry.event.data.proof.status !== "verified") continue;
    if (entry.event.type === "PaymentRefused") continue;
    next++;
  }
  return expected[next] ?? null;
}
