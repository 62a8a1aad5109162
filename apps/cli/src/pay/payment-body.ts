import type { PaymentTerms } from "./payment-terms.ts";
import type { SignedTransaction } from "./sign-payment.ts";

export interface PaymentWords {
  readonly channelId: string;
  readonly memo: string;
  /** Address for refunds. */
  readonly refundTo: string;
}

/** The payment in the vocabulary of the request. */
export function paymentBody(terms: PaymentTerms, signed: SignedTransaction, words: PaymentWords): object {
  const { memo, refundTo } = words;
  switch (terms.form) {
    case "dpp":
      return {
        rawTx: signed.rawTx,
        ...(terms.ancestry === "unwanted" ? {} : { ancestry: signed.beef }),
        merchantData: merchantData(terms.merchantData, words.channelId),
        refundTo,
        memo,
      };
    case "bip270":
      return { merchantData: terms.merchantData, transaction: signed.rawTx, refundTo, memo };
    case "brc27":
      return {
        modeId: terms.mode?.modeId,
        mode: {
          optionId: terms.mode?.optionId,
          // A BEEF is one transaction with what proves it; merchants that want the bare one get that.
          transactions: [terms.ancestry === "required" ? signed.beef : signed.rawTx],
        },
        memo,
      };
  }
}

/** go-dpp refuses a payment whose merchantData lacks `extendedData` or the reference in it. */
function merchantData(given: unknown, channelId: string): object {
  const details = typeof given === "object" && given !== null ? given : {};
  const extended = (details as { extendedData?: unknown }).extendedData;
  const extendedData = typeof extended === "object" && extended !== null ? extended : {};
  return { ...details, extendedData: { paymentReference: channelId, ...extendedData } };
}
