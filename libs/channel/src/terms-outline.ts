import type { Bip270PaymentRequest, ParsedBody } from "@p4/protocol";
import { parsedBodyOf } from "./parsed-body.ts";
import type { RecordedMessage } from "./recorded-message.ts";

/** What payment terms ask for, as a list shows it. */
export interface TermsOutline {
  /** Null: the body is in no vocabulary that tells it, or the sum is no number that can be. */
  readonly satoshis: number | null;
  /** The merchant's words, cut where they are long. Hostile, as all that peers write. */
  readonly memo: string | null;
}

/** Characters of a memo that a list shows and a search looks at. */
export const maxMemoLength = 160;

export function outlineOfTerms(message: RecordedMessage): TermsOutline {
  const body = parsedBodyOf(message);
  const sum = termsOutputs(body)?.reduce((total, { amount }) => total + amount, 0) ?? null;
  const memo = memoOf(body);
  return {
    satoshis: sum !== null && Number.isSafeInteger(sum) ? sum : null,
    memo: memo === null || memo === "" ? null : memo.slice(0, maxMemoLength),
  };
}

/**
 * The outputs that payment terms ask for; null when the body tells none. BRC-27 offers a choice of modes: no one amount is
 * asked for unless there is one way to pay.
 */
export function termsOutputs(body: ParsedBody): Bip270PaymentRequest["outputs"] | null {
  switch (body.form) {
    case "bip270.paymentRequest":
      return body.value.outputs;
    case "dpp.paymentRequest":
      return body.value.destinations?.outputs ?? null;
    case "brc27.paymentTerms": {
      const options = Object.values(body.value.modes).flatMap((mode) => Object.values(mode));
      const transactions = options.length === 1 ? options[0]?.transactions : undefined;
      return transactions?.flatMap(({ outputs }) => outputs?.native ?? []) ?? null;
    }
    default:
      return null;
  }
}

function memoOf(body: ParsedBody): string | null {
  switch (body.form) {
    case "bip270.paymentRequest":
    case "dpp.paymentRequest":
    case "brc27.paymentTerms":
      return body.value.memo ?? null;
    default:
      return null;
  }
}
