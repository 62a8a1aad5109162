/** Bodies as wallets send them: what the wire asks of them, and no more. */
export const terms = {
  network: "regtest",
  version: "1.0",
  creationTimestamp: 1_768_471_200,
  expirationTimestamp: 1_768_478_400,
  memo: "invoice",
  paymentUrl: "http://127.0.0.1/pay",
  destinations: { outputs: [{ amount: 1000, script: "76a914f32281faa74e2ac037493f7a3cd317e8f5e9673688ac" }] },
};
export const payment = { memo: "thanks", rawTx: "01000000", ancestry: null };
export const ack = { payment, memo: "", error: 0 };
export const failedAck = { payment, memo: "too little", error: 1 };
