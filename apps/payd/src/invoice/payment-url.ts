import { signToken } from "@p4/node-crypto";
import type { Invoice } from "./invoice.ts";

export interface PaymentUrlOptions {
  /** Where customers reach the server: `ws://host:port`. */
  readonly socketUrl: string;
  /** Signs the customer's token; null where the server asks for none. */
  readonly joinSecret: string | null;
  /** How long a channel may go on that is opened as the invoice ends: the proof comes after the payment. */
  readonly channelLifeMs: number;
}

/** Of an invoice's channel, as the request for payment in the log has it: without the token that opens it. */
export function channelUrl({ socketUrl }: Pick<PaymentUrlOptions, "socketUrl">, invoiceId: string): string {
  return `${socketUrl}/ws/${invoiceId}`;
}

/** What its customer is given, and what its QR code holds; the same each time. */
export function paymentUrl(options: PaymentUrlOptions, invoice: Pick<Invoice, "id" | "expiresAtMs">): string {
  const url = channelUrl(options, invoice.id);
  const { joinSecret, channelLifeMs } = options;
  if (joinSecret === null) return url;
  const expiresAtMs = invoice.expiresAtMs + channelLifeMs;
  return `${url}?token=${signToken(joinSecret, { channelId: invoice.id, role: "customer", expiresAtMs })}`;
}
