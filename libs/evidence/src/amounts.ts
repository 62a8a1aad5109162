import { parsedBodyOf, termsOutputs, type RecordedMessage } from "@p4/channel";
import type { ParsedBody } from "@p4/protocol";
import { bytesToHex, hexToBytes, isSpvError, subjectTransaction, type SpvCrypto } from "@p4/spv";

/** One output: asked for by payment terms, or made by a payment's transaction. */
export interface Amount {
  readonly satoshis: bigint;
  /** Locking script, lower-case hex. */
  readonly script: string;
  /** What the merchant calls it; "" when it does not. */
  readonly description: string;
}

/** The outputs that payment terms ask for; null when the body is in no vocabulary that tells them. */
export function termsAmounts(message: RecordedMessage): readonly Amount[] | null {
  const outputs = termsOutputs(parsedBodyOf(message));
  return (
    outputs?.map(({ amount, script, description }) => ({
      satoshis: BigInt(amount),
      script: script.toLowerCase(),
      description: description ?? "",
    })) ?? null
  );
}

/**
 * The outputs of a payment's transaction; null when there is none that can be read. A body may write different transactions
 * in different vocabularies: one that is not among the payment's own says nothing of what was paid.
 */
export function paymentAmounts(
  { message, txids }: { readonly message: RecordedMessage; readonly txids: readonly string[] },
  crypto: SpvCrypto,
): readonly Amount[] | null {
  const text = transactionText(parsedBodyOf(message));
  if (text === null) return null;
  try {
    const { txid, outputs } = subjectTransaction(hexToBytes(text, "transaction"), crypto);
    if (!txids.includes(txid)) return null;
    return outputs.map(({ satoshis, lockingScript }) => ({
      satoshis,
      script: bytesToHex(lockingScript),
      description: "",
    }));
  } catch (error) {
    if (isSpvError(error)) return null;
    throw error;
  }
}

export function sumOf(amounts: readonly Amount[]): bigint {
  return amounts.reduce((sum, { satoshis }) => sum + satoshis, 0n);
}

/** `1,000,000` */
export function groupedDigits(satoshis: bigint): string {
  return satoshis.toString().replace(/\B(?=(\d{3})+$)/g, ",");
}

/** Whether every output asked for is made, each by an output of its own. */
export function paysAll(asked: readonly Amount[], made: readonly Amount[]): boolean {
  const left = made.map(outputText);
  return asked.every((output) => {
    const at = left.indexOf(outputText(output));
    if (at !== -1) left.splice(at, 1);
    return at !== -1;
  });
}

function outputText({ satoshis, script }: Amount): string {
  return `${satoshis} ${script}`;
}

function transactionText(body: ParsedBody): string | null {
  switch (body.form) {
    case "bip270.payment":
      return body.value.transaction;
    case "dpp.payment":
      return body.value.rawTx ?? body.value.spvEnvelope?.rawTx ?? body.value.ancestry ?? null;
    case "brc27.payment":
      return body.value.mode.transactions.at(-1) ?? null;
    default:
      return null;
  }
}
