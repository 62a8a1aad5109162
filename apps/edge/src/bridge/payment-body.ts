import type { HttpResponse } from "@p4/http";
import { parseBody } from "@p4/protocol";
import { paymentTransactionId, type SpvCrypto } from "@p4/spv";
import { invalid } from "./bridge-problems.ts";

export type PaymentBody =
  | { readonly ok: true; readonly text: string; readonly txids: readonly string[] }
  | { readonly ok: false; readonly response: HttpResponse };

/**
 * Checks a posted payment for shape and limits, whatever media type it claims: `curl -d` calls JSON a form. The text
 * goes on as it came.
 */
export function readPaymentBody(bytes: Uint8Array, crypto: SpvCrypto): PaymentBody {
  const text = decodeUtf8(bytes);
  if (text === null) return refused("body", "must be JSON in UTF-8");
  if (text === "") return refused("body", "is required: a payment as JSON");
  const parsed = parseBody("payment", text);
  if (!parsed.ok) {
    const { field, rule } = parsed.error;
    return refused(field === null ? "body" : field.replace(/^body\./, ""), rule);
  }
  if (parsed.body.form === "opaque") {
    return refused("rawTx", "is required: the transaction, in rawTx, transaction, ancestry, spvEnvelope or mode");
  }
  const txid = paymentTransactionId(text, crypto);
  return { ok: true, text, txids: txid === null ? [] : [txid] };
}

function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes).trim();
  } catch {
    return null;
  }
}

function refused(field: string, rule: string): PaymentBody {
  return { ok: false, response: invalid(field, rule) };
}

const decoder = new TextDecoder("utf-8", { fatal: true });
