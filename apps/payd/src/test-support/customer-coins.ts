import { MerklePath, P2PKH, PrivateKey, Transaction, UnlockingScript, LockingScript } from "@bsv/sdk";
import { signEnvelope, type HeaderSource } from "@p4/spv";
import { minerId, minerKeyHex } from "./scripted-miner.ts";

const customerKey = PrivateKey.fromHex("22".repeat(32));
const siblingHash = "33".repeat(32);
export const coinSatoshis = 1_000_000;

export interface SignedPayment {
  readonly txid: string;
  /** go-dpp's members. */
  readonly body: { readonly rawTx: string; readonly ancestry: string; readonly memo: string };
}

/** Coins in known blocks, and payments that spend them. Each coin is new: payments never collide. */
export class CustomerCoins {
  readonly #roots = new Set<string>();
  #count = 0;
  /** Makes every look-up fail, as when the header service is down. */
  headersAvailable = true;

  readonly headers: HeaderSource = {
    lookup: (claim) => {
      if (!this.headersAvailable) return Promise.resolve({ kind: "unavailable", reason: "down" });
      return Promise.resolve(this.#roots.has(claim.merkleRoot) ? { kind: "confirmed" } : { kind: "unknown" });
    },
  };

  async pay(outputs: readonly { script: string; satoshis: number }[], feeSatoshis = 50): Promise<SignedPayment> {
    const coin = this.#mineCoin();
    const payment = new Transaction();
    payment.addInput({
      sourceTransaction: coin,
      sourceOutputIndex: 0,
      unlockingScriptTemplate: new P2PKH().unlock(customerKey),
      sequence: 0xffff_ffff,
    });
    let change = coinSatoshis - feeSatoshis;
    for (const { script, satoshis } of outputs) {
      payment.addOutput({ lockingScript: LockingScript.fromHex(script), satoshis });
      change -= satoshis;
    }
    payment.addOutput({ lockingScript: new P2PKH().lock(customerKey.toAddress()), satoshis: change });
    await payment.sign();
    return {
      txid: payment.id("hex"),
      body: { rawTx: payment.toHex(), ancestry: payment.toHexBEEF(), memo: "for tea" },
    };
  }

  /** A block with the payment in it, as mAPI's callback tells of it. `known`: whether the header source has the block. */
  proofOf(txid: string, { known = true, seed = 1 } = {}): string {
    if (known) this.#roots.add(rootOf(txid));
    const blockHash = seed.toString(16).padStart(64, "0");
    const proof = { index: 0, txOrId: txid, target: blockHash, nodes: [siblingHash], targetType: "hash" };
    return callback({
      callbackPayload: proof,
      blockHash,
      blockHeight: 500,
      callbackTxId: txid,
      callbackReason: "merkleProof",
    });
  }

  /** The blocks of its proofs have left the chain. */
  reorganise(txid: string): void {
    this.#roots.delete(rootOf(txid));
  }

  #mineCoin(): Transaction {
    this.#count += 1;
    const coin = new Transaction();
    coin.addInput({
      sourceTXID: "44".repeat(32),
      sourceOutputIndex: this.#count,
      unlockingScript: UnlockingScript.fromHex("51"),
      sequence: 0xffff_ffff,
    });
    coin.addOutput({ lockingScript: new P2PKH().lock(customerKey.toAddress()), satoshis: coinSatoshis });
    const hash = coin.id("hex");
    coin.merklePath = new MerklePath(100 + this.#count, [
      [
        { offset: 0, hash, txid: true },
        { offset: 1, hash: siblingHash },
      ],
    ]);
    this.#roots.add(coin.merklePath.computeRoot(hash));
    return coin;
  }
}

function rootOf(txid: string): string {
  const path = new MerklePath(500, [
    [
      { offset: 0, hash: txid, txid: true },
      { offset: 1, hash: siblingHash },
    ],
  ]);
  return path.computeRoot(txid);
}

/** `transaction.rejected` and `proof.revoked` as the server sends them: nothing of them is signed. */
export function unsignedNews(txid: string, callbackReason: string, callbackPayload: object): object {
  const payload = JSON.stringify({
    callbackPayload,
    apiVersion: "arc",
    minerId: "",
    callbackTxId: txid,
    callbackReason,
  });
  return { payload, signature: null, publicKey: null, encoding: "UTF-8", mimetype: "application/json" };
}

export function doubleSpendOf(txid: string, doubleSpendTxId: string): string {
  return callback({
    callbackPayload: { doubleSpendTxId, payload: "" },
    blockHash: "",
    blockHeight: -1,
    callbackTxId: txid,
    callbackReason: "doubleSpendAttempt",
  });
}

function callback(members: Record<string, unknown>): string {
  const payload = { ...members, apiVersion: "1.5.0", timestamp: "2026-01-01T00:00:00Z", minerId };
  return signEnvelope(JSON.stringify(payload), minerKeyHex);
}
