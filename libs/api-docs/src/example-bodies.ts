import type { BodyKind } from "@p4/protocol";

const script = `76a914${"f3".repeat(20)}88ac`;
const txid = "ab".repeat(32);

const unsigned = (payload: string) => ({
  payload,
  signature: null,
  publicKey: null,
  encoding: "UTF-8",
  mimetype: "application/json",
});

/** A body for each kind, in the vocabulary of the deployed wallets. The payment is cut short: a real one is signed. */
export const exampleBodies: Readonly<Record<BodyKind, unknown>> = {
  none: null,
  paymentRequest: {
    network: "mainnet",
    ancestryRequired: true,
    destinations: { outputs: [{ amount: 1000, script, description: "tea" }] },
    fees: {
      standard: { miningFee: { satoshis: 50, bytes: 1000 }, relayFee: { satoshis: 50, bytes: 1000 } },
      data: { miningFee: { satoshis: 50, bytes: 1000 }, relayFee: { satoshis: 50, bytes: 1000 } },
    },
    creationTimestamp: "2026-01-15T10:00:00Z",
    expirationTimestamp: "2026-01-15T12:00:00Z",
    paymentUrl: "wss://p4.example/ws/inv0000001",
    memo: "invoice 1",
    merchantData: { name: "A tea shop", extendedData: { paymentReference: "inv0000001" } },
  },
  payment: { rawTx: "0100000001", memo: "thanks", refundTo: null },
  paymentAck: { id: "ack-1", tx_id: txid, memo: "", peer_channel: null, error: 0 },
  clientError: { id: "e-1", code: "N0001", title: "Not found", message: "there is no such invoice" },
  proof: unsigned(
    `{"callbackPayload":{"index":0,"txOrId":"${txid}","target":"${"00".repeat(32)}","nodes":["*"]},"callbackTxId":"${txid}","callbackReason":"merkleProof"}`,
  ),
  doubleSpend: unsigned(
    `{"callbackPayload":{"doubleSpendTxId":"${"cd".repeat(32)}","payload":""},"callbackTxId":"${txid}","callbackReason":"doubleSpendAttempt"}`,
  ),
  rejection: unsigned(
    `{"callbackPayload":{"status":"REJECTED","code":466,"detail":"UTXO_SPENT","competingTxs":[]},"callbackTxId":"${txid}","callbackReason":"rejected"}`,
  ),
  revocation: unsigned(
    `{"callbackPayload":{"status":"MINED_IN_STALE_BLOCK","blockHashes":["${"ef".repeat(32)}"],"detail":""},"callbackTxId":"${txid}","callbackReason":"proofRevoked"}`,
  ),
  error: null,
};
