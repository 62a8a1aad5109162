import { ackBody, paymentBody, termsBody } from "./bodies.ts";
import { ensureEqual } from "./check.ts";
import type { Heard, Peer } from "./peer.ts";

export interface PayFlow {
  readonly terms: Heard;
  readonly payment: Heard;
  readonly ack: Heard;
}

/** The document's sequence. Fails the check when a message does not come, or comes with another body. */
export async function payFlow(merchant: Peer, customer: Peer, mark = ""): Promise<PayFlow> {
  const bodies = { terms: termsBody(mark), payment: paymentBody(mark), ack: ackBody(mark) };
  customer.say("paymentrequest.create");
  const asked = await merchant.hear("paymentrequest.create");
  merchant.say("paymentrequest.response", { bodyText: bodies.terms, correlationId: asked.message.correlationId });
  const terms = await customer.hear("paymentrequest.response");
  ensureEqual(terms.message.bodyText, bodies.terms, "the body of paymentrequest.response");
  customer.say("payment", { bodyText: bodies.payment });
  const payment = await merchant.hear("payment");
  ensureEqual(payment.message.bodyText, bodies.payment, "the body of payment");
  merchant.say("payment.ack", { bodyText: bodies.ack, correlationId: payment.message.correlationId });
  const ack = await customer.hear("payment.ack");
  ensureEqual(ack.message.bodyText, bodies.ack, "the body of payment.ack");
  return { terms, payment, ack };
}

/** Up to the payment that waits for its acknowledgement; gives the payment's messageId. */
export async function payUntilAck(merchant: Peer, customer: Peer, correlationId = ""): Promise<string> {
  customer.say("paymentrequest.create");
  await merchant.hear("paymentrequest.create");
  merchant.say("paymentrequest.response", { bodyText: termsBody() });
  await customer.hear("paymentrequest.response");
  const messageId = customer.say("payment", { bodyText: paymentBody(), correlationId });
  await merchant.hear("payment");
  return messageId;
}
