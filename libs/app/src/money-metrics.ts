import { acceptedPayment, type Channel, type SequencedEvent } from "@p4/channel";
import type { Metrics } from "@p4/telemetry";
import type { StoredHere } from "./stored-here.ts";

/** A merchant's wallet answers at once, or a person does. */
const ackBucketsSeconds = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600];
/** From one block to a day of them. */
const proofBucketsSeconds = [10, 60, 300, 600, 1_200, 1_800, 3_600, 7_200, 14_400, 43_200, 86_400];

const verdicts = { PaymentAccepted: "accepted", PaymentRefused: "refused", PaymentFailed: "failed" } as const;

/**
 * Counts what happens to money, at the node that stores it: the sum over all nodes is that of the region. Times are those
 * that the events carry, so what a node stores for another one's wallets is timed alike.
 */
export function moneyMetrics(metrics: Metrics): (stored: StoredHere) => void {
  const opened = metrics.counter("channels_opened_total", "Channels opened");
  const ended = metrics.counter("channels_ended_total", "Channels that are over", ["how"]);
  const payments = metrics.counter("payments_total", "Payments submitted, and what became of them", ["outcome"]);
  const proofs = metrics.counter("payment_proofs_total", "Proofs stored on channels", ["status"]);
  const ack = metrics.histogram(
    "payment_ack_seconds",
    "From a payment to the merchant's answer",
    [],
    ackBucketsSeconds,
  );
  const proof = metrics.histogram(
    "payment_proof_seconds",
    "From an accepted payment to its first proof",
    [],
    proofBucketsSeconds,
  );
  const late = metrics.histogram("deadline_late_seconds", "From a channel's deadline until its end is stored");
  for (const how of ["expired", "closed"]) ended.inc({ how }, 0);
  for (const outcome of ["submitted", ...Object.values(verdicts)]) payments.inc({ outcome }, 0);

  return ({ event, channel }) => {
    switch (event.type) {
      case "ChannelOpened":
        return opened.inc();
      case "PaymentSubmitted":
        return payments.inc({ outcome: "submitted" });
      case "PaymentAccepted":
      case "PaymentRefused":
      case "PaymentFailed":
        payments.inc({ outcome: verdicts[event.type] });
        return observed(ack, sincePayment(event, channel));
      case "ProofRecorded":
        proofs.inc({ status: event.data.proof.status });
        return observed(proof, sinceAccepted(event, channel));
      case "ChannelExpired":
        ended.inc({ how: "expired" });
        return observed(late, event.metadata.recordedAtMs - event.data.expiresAtMs);
      case "ChannelClosed":
        return ended.inc({ how: "closed" });
      default:
        return;
    }
  };
}

function observed(histogram: { observe(seconds: number): void }, ms: number | null): void {
  if (ms !== null) histogram.observe(Math.max(0, ms) / 1_000);
}

function sincePayment({ streamVersion, metadata }: SequencedEvent, { snapshot }: Channel): number | null {
  const attempt = snapshot.context.attempts.find(({ verdict }) => verdict?.streamVersion === streamVersion);
  return attempt === undefined ? null : metadata.recordedAtMs - attempt.payment.metadata.recordedAtMs;
}

/** Null: not the first one, or of a payment that was not accepted. */
function sinceAccepted({ metadata }: SequencedEvent, { snapshot: { context } }: Channel): number | null {
  if (context.proofs.length !== 1) return null;
  const accepted = acceptedPayment(context);
  const verdict = context.attempts.find(({ payment }) => payment.streamVersion === accepted?.streamVersion)?.verdict;
  return verdict === null || verdict === undefined ? null : metadata.recordedAtMs - verdict.metadata.recordedAtMs;
}
