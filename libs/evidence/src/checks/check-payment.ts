import type { Message } from "@p4/protocol";
import { paymentTransactionId, paymentTransactionIds, type SpvCrypto } from "@p4/spv";
import { groupedDigits, paymentAmounts, paysAll, sumOf, termsAmounts } from "../amounts.ts";
import { counted } from "../counted.ts";
import { failed, notProved, proved, type EvidenceCheck } from "../report.ts";
import { readFrame } from "./check-messages.ts";
import { checkEach, eventsOf, type RecordedEvent } from "./recorded-event.ts";

/** Derives each payment's transaction again from what the wallet sent, and compares it with the terms. */
export function checkPayments(events: readonly RecordedEvent[], crypto: SpvCrypto): readonly EvidenceCheck[] {
  return checkEach("PAYMENT", eventsOf(events, "PaymentSubmitted"), (recorded) => {
    const txidCheck = checkTxid(recorded, crypto);
    if (txidCheck.status !== "ok") return [txidCheck];
    const before = events.filter(({ streamVersion }) => streamVersion < recorded.streamVersion);
    return [txidCheck, ...checkAmounts(eventsOf(before, "TermsOffered").at(-1), recorded, crypto)];
  });
}

/** The transaction's id is its hash: anyone can compute it. */
function checkTxid(recorded: RecordedEvent<"PaymentSubmitted">, crypto: SpvCrypto): EvidenceCheck {
  const { message, txid, txids } = recorded.event.data;
  const frame = readFrame(message);
  if (typeof frame === "string") return failed("PAYMENT", `The payment as received ${frame}.`, recorded);
  const derived = frame.bodyText === null ? [] : paymentTransactionIds(frame.bodyText, crypto);
  if (txid !== (txids[0] ?? null) || !(isSameList(txids, derived) || isSameList(txids, formerTxids(frame, crypto)))) {
    const statement = `The payment as received carries the transaction ${shown(derived)}, the event says ${shown(txids)}.`;
    return failed("PAYMENT", statement, recorded);
  }
  return txids.length === 0
    ? notProved("PAYMENT", "The payment carries no transaction that can be read: what it paid is not proved.", recorded)
    : proved("PAYMENT", `The payment as received carries the transaction ${txids.join(", ")}.`, recorded);
}

/** What servers of earlier versions read: of several transactions the last, and hex alone. */
function formerTxids({ bodyText }: Message, crypto: SpvCrypto): readonly string[] {
  const txid = bodyText === null ? null : paymentTransactionId(bodyText, crypto);
  return txid === null ? [] : [txid];
}

function isSameList(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((txid, index) => txid === right[index]);
}

function shown(txids: readonly string[]): string {
  return txids.length === 0 ? "(none that can be read)" : txids.join(", ");
}

/** Never a failure: what a payment is worth was the merchant's to say. */
function checkAmounts(
  terms: RecordedEvent<"TermsOffered"> | undefined,
  payment: RecordedEvent<"PaymentSubmitted">,
  crypto: SpvCrypto,
): readonly EvidenceCheck[] {
  const asked = terms === undefined ? null : termsAmounts(terms.event.data.message);
  const made = paymentAmounts(payment.event.data, crypto);
  if (terms === undefined || asked === null || made === null) return [];
  const total = sumOf(asked);
  const sum = `${groupedDigits(total)} ${total === 1n ? "satoshi" : "satoshis"} in ${counted(asked.length, "output")}`;
  return paysAll(asked, made)
    ? [
        proved(
          "PAYMENT",
          `The transaction makes every output that the terms of event ${terms.streamVersion} ask for: ${sum}.`,
          payment,
        ),
      ]
    : [
        notProved(
          "PAYMENT",
          `The terms of event ${terms.streamVersion} ask for ${sum}; that the transaction pays them is not proved: it does not make these outputs.`,
          payment,
        ),
      ];
}
