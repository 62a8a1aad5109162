import { createInvoice, type Invoice } from "../invoice/invoice.ts";
import { recordBroadcast, recordCancelled, recordPaid, recordPayment, recordProof } from "../invoice/invoice-steps.ts";

export const txid = "aa".repeat(32);
export const otherTxid = "bb".repeat(32);

export const proof = {
  blockHash: "01".repeat(32),
  blockHeight: 500,
  headerConfirmed: true,
  receivedAtMs: 3_000,
  proofKey: "proof.invoice1.01",
};

const pending = createInvoice({
  id: "invoice1",
  keyIndex: 7,
  satoshis: 1_000,
  memo: "tea",
  orderId: null,
  metadata: {},
  createdAtMs: 1_000,
  expiresAtMs: 10_000,
  lockingScript: "51",
});
const paymentReceived = recordPayment(pending, txid, 2_000);
const broadcast = recordBroadcast(paymentReceived, txid);
const paid = recordPaid(broadcast, txid);

/** One invoice in each of its states, reached by the steps themselves. */
export const invoiceIn: Readonly<Record<Invoice["state"], Invoice>> = {
  pending,
  paymentReceived,
  broadcast,
  paid,
  proved: recordProof(paid, txid, proof, true),
  cancelled: recordCancelled(pending, 2_500),
};
