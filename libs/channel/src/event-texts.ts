import { bodyTextOf } from "./message-content.ts";
import type { SequencedEvent } from "./sequenced-event.ts";

/** What came in, exactly as it came: a wallet's frame, a miner's callback; and the body that is in it. Null: nothing. */
export interface EventTexts {
  readonly raw: string | null;
  readonly body: string | null;
}

export function eventTexts(event: SequencedEvent): EventTexts {
  switch (event.type) {
    case "ProofRecorded":
      return { raw: event.data.proof.raw, body: event.data.proof.bodyText };
    case "DoubleSpendReported":
      return { raw: event.data.doubleSpend.raw, body: event.data.doubleSpend.bodyText };
    case "TransactionRejected":
      return { raw: event.data.rejection.raw, body: event.data.rejection.bodyText };
    case "ProofRevoked":
      return { raw: event.data.revocation.raw, body: event.data.revocation.bodyText };
    default:
      return "message" in event.data
        ? { raw: event.data.message.raw, body: bodyTextOf(event.data.message) }
        : { raw: null, body: null };
  }
}
