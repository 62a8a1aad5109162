import { randomHex } from "./random.ts";

/** Bodies as deployed wallets send them, as JSON text; what is said in them is for the check to recognise. */
export function termsBody(memo = "an invoice"): string {
  return JSON.stringify({
    network: "regtest",
    version: "1.0",
    creationTimestamp: "2026-01-15T10:00:00Z",
    expirationTimestamp: "2036-01-15T12:00:00Z",
    memo,
    paymentUrl: "http://127.0.0.1/pay",
    destinations: { outputs: [{ amount: 1000, script: `76a914${"f3".repeat(20)}88ac` }] },
    fees: { standard: { miningFee: { satoshis: 5, bytes: 1000 }, relayFee: { satoshis: 5, bytes: 1000 } } },
  });
}

/** A payment of its own: the transaction is well formed and spends an unknown output. */
export function paymentBody(memo = "thanks", rawTx: string = transactionHex()): string {
  return JSON.stringify({ memo, rawTx });
}

export function ackBody(memo = ""): string {
  return JSON.stringify({ payment: {}, memo, error: 0 });
}

export function failedAckBody(memo = "too little"): string {
  return JSON.stringify({ payment: {}, memo, error: 1 });
}

export function clientErrorBody(code = "E500"): string {
  return JSON.stringify({ id: randomHex(8), code, title: "it failed", message: "for a test" });
}

/** One input, one output of 1000 satoshis. */
export function transactionHex(): string {
  return `0100000001${randomHex(32)}0000000000ffffffff01e8030000000000001976a914${"f3".repeat(20)}88ac00000000`;
}
