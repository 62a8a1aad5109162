import type { ParsedBody } from "@p4/protocol";
import {
  bytesToHex,
  isSpvError,
  verifyPayment,
  type FeeRate,
  type HeaderSource,
  type SpvCrypto,
  type Transaction,
} from "@p4/spv";
import { PaydError } from "../errors.ts";
import type { Invoice, PaidOutput } from "../invoice/invoice.ts";
import { refusePayment, type PaymentVerdict } from "../invoice/payment-ack.ts";

export interface PaymentChecks {
  readonly ancestryRequired: boolean;
  readonly headers: HeaderSource;
  readonly crypto: SpvCrypto;
}

type Refusal = Extract<PaymentVerdict, { accepted: false }>;

export type CheckedPayment =
  | { readonly ok: true; readonly transaction: Transaction; readonly outputs: readonly PaidOutput[] }
  | { readonly ok: false; readonly refusal: Refusal };

/**
 * Whether the payment pays this invoice: outputs, fee, scripts, ancestry down to known blocks. It may pay more than was asked, in one
 * output or in several; less is refused, and nothing of it is broadcast.
 * Throws PAYD_HEADERS_UNAVAILABLE when that cannot be said at the moment.
 */
export async function checkPayment(
  invoice: Invoice,
  txid: string,
  bodyText: string,
  checks: PaymentChecks,
): Promise<CheckedPayment> {
  const feeRate: FeeRate | null = invoice.fees?.standard?.miningFee ?? null;
  try {
    const { transaction } = await verifyPayment(bodyText, {
      outputs: [{ script: invoice.lockingScript, satoshis: BigInt(invoice.satoshis), orMore: true }],
      ...(feeRate !== null && { feeRate }),
      ...checks,
    });
    const outputs = transaction.outputs.flatMap(({ satoshis, lockingScript }, vout): PaidOutput[] => {
      return bytesToHex(lockingScript) === invoice.lockingScript ? [{ vout, satoshis: Number(satoshis) }] : [];
    });
    return { ok: true, transaction, outputs };
  } catch (error) {
    if (!isSpvError(error)) throw error;
    if (error.retryable) throw new PaydError("PAYD_HEADERS_UNAVAILABLE", error.message, { cause: error });
    return { ok: false, refusal: refusePayment(txid, "PAYMENT_INVALID", error.message) as Refusal };
  }
}

/** The invoice that the payment itself names: customers return the merchantData of the payment request. */
export function paymentReferenceOf(body: ParsedBody): string | null {
  if (body.form !== "dpp.payment" && body.form !== "bip270.payment") return null;
  const { merchantData } = body.value;
  if (typeof merchantData !== "object" || merchantData === null) return null;
  const { paymentReference } = (merchantData.extendedData ?? {}) as { paymentReference?: unknown };
  return typeof paymentReference === "string" ? paymentReference : null;
}
