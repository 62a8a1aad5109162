import type { DppPaymentRequest } from "@p4/protocol";
import type { Invoice } from "./invoice.ts";

/** Who asks for the money, as customers' wallets show it. */
export interface MerchantProfile {
  readonly name: string;
  readonly email: string;
  readonly address: string;
  readonly avatar: string;
}

export interface PaymentRequestContext {
  readonly network: string;
  /** Whether a payment must bring its ancestors back to proved transactions. */
  readonly ancestryRequired: boolean;
  readonly merchant: MerchantProfile;
  readonly paymentUrl: string;
}

/** go-dpp allows no longer description or memo. */
const maxDescriptionLength = 100;

/**
 * The payment request in go-dpp's form. It depends on the invoice alone, so that a customer who asks twice is asked for
 * the same payment twice. PayD's customers return `merchantData` with the payment; go-dpp insists on a paymentReference.
 */
export function buildPaymentRequest(invoice: Invoice, context: PaymentRequestContext): DppPaymentRequest {
  const { merchant } = context;
  const memo = invoice.memo ?? `invoice ${invoice.id}`;
  return {
    network: context.network,
    ancestryRequired: context.ancestryRequired,
    destinations: {
      outputs: [
        { amount: invoice.satoshis, script: invoice.lockingScript, description: memo.slice(0, maxDescriptionLength) },
      ],
    },
    creationTimestamp: new Date(invoice.createdAtMs).toISOString(),
    expirationTimestamp: new Date(invoice.expiresAtMs).toISOString(),
    paymentUrl: context.paymentUrl,
    memo,
    merchantData: {
      avatar: merchant.avatar,
      name: merchant.name,
      email: merchant.email,
      address: merchant.address,
      extendedData: { paymentReference: invoice.id },
    },
    fees: invoice.fees,
  };
}
