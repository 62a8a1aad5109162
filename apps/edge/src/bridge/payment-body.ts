import type { HttpResponse } from "@p4/http";
import { parseBody } from "@p4/protocol";
import type { SpvCrypto } from "@p4/spv";
import { readPayment, type ReadPayment } from "../read-payment.ts";
import { invalid } from "./bridge-problems.ts";

export type PaymentBody =
  | ({ readonly ok: true; readonly text: string | null } & ReadPayment)
  | { readonly ok: false; readonly response: HttpResponse };

/**
 * Reads a posted payment, whatever media type it claims: `curl -d` calls JSON a form. Refused is what is no JSON or nests
 * too deep, as on a socket; all else is the merchant's to judge. The text goes on as it came.
 */
export function readPaymentBody(bytes: Uint8Array, crypto: SpvCrypto): PaymentBody {
  const text = decodeUtf8(bytes);
  if (text === null) return refused("must be JSON in UTF-8");
  if (text === "") return refused("is required: a payment as JSON");
  const parsed = parseBody("payment", text);
  if (!parsed.ok) return refused(parsed.error.rule);
  return {
    ok: true,
    text: parsed.body.form === "none" ? null : text,
    ...readPayment(parsed.json, parsed.warning, crypto),
  };
}

function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes).trim();
  } catch {
    return null;
  }
}

function refused(rule: string): PaymentBody {
  return { ok: false, response: invalid("body", rule) };
}

const decoder = new TextDecoder("utf-8", { fatal: true });
