import { randomBytes } from "node:crypto";
import { nodeCrypto } from "@p4/node-crypto";
import { bytesToDisplayHash, displayHashToBytes, merkleParent, parseTransactionHex } from "@p4/spv";

const script = "76a914f32281faa74e2ac037493f7a3cd317e8f5e9673688ac";

export const terms = {
  network: "regtest",
  version: "1.0",
  creationTimestamp: 1_768_471_200,
  expirationTimestamp: 1_768_478_400,
  memo: "tea",
  paymentUrl: "http://127.0.0.1/pay",
  destinations: { outputs: [{ amount: 1_000, script }] },
};

export interface SyntheticPayment {
  readonly txid: string;
  readonly bodyText: string;
}

/** A well-formed transaction of one random input: the channel looks at nothing but its id. */
export function syntheticPayment(): SyntheticPayment {
  const input = `${randomBytes(32).toString("hex")}0000000000ffffffff`;
  const output = `e803000000000000${(script.length / 2).toString(16)}${script}`;
  const rawTx = `0100000001${input}01${output}00000000`;
  const { txid } = parseTransactionHex(rawTx, nodeCrypto);
  return { txid, bodyText: JSON.stringify({ memo: "thanks", rawTx, ancestry: null }) };
}

export function ackBody(bodyText: string, accepted: boolean): object {
  return { payment: JSON.parse(bodyText) as object, memo: accepted ? "" : "too little", error: accepted ? 0 : 1 };
}

/** A miner's callback: a proof up to the root of a block of two transactions, in an unsigned envelope. */
export function proofCallback(txid: string): string {
  const sibling = randomBytes(32);
  const root = bytesToDisplayHash(merkleParent(displayHashToBytes(txid, "txid"), sibling, nodeCrypto));
  const payload = {
    callbackPayload: {
      index: 0,
      txOrId: txid,
      targetType: "merkleRoot",
      target: root,
      nodes: [bytesToDisplayHash(sibling)],
    },
    apiVersion: "1.5.0",
    callbackTxId: txid,
    callbackReason: "merkleProof",
  };
  return JSON.stringify({
    payload: JSON.stringify(payload),
    signature: null,
    publicKey: null,
    encoding: "UTF-8",
    mimetype: null,
  });
}
