import { readPaymentLink } from "../../src/pages/try/payment-link.ts";
import { postJson } from "./post-json.ts";

export interface FoundChannel {
  readonly channelId: string;
  readonly token: string | null;
  /** That the link or the checkout page names. */
  readonly host: string;
}

/** The channel that a customer's text leads to. Throws an Error that says what to paste instead. */
export async function findChannel(text: string): Promise<FoundChannel> {
  const link = readPaymentLink(text);
  if (link.kind === "channel") return link;
  if (link.kind === "none") throw new Error(`Payment link: ${link.rule}`);
  // Through this server, since a page of it may call no other; it asks the shop that runs beside it.
  const { paymentUrl } = await postJson<{ paymentUrl: string }>("/try/invoice", { invoice: link.invoiceId });
  const found = readPaymentLink(paymentUrl);
  if (found.kind !== "channel") throw new Error("The shop's invoice has no payment link that this wallet can read.");
  return found;
}
