import { P2PKH, PrivateKey, LockingScript, Transaction } from "@bsv/sdk";

import type { MinedPosition } from "../chain/blockchain.ts";
import { requiredFee } from "../chain/chain-params.ts";
import { sha256d } from "../chain/hash.ts";
import { outpointOf, type ChainTransaction, type Coin, type Outpoint } from "../chain/transaction.ts";
import type { MinerNode } from "../node/miner-node.ts";
import { decodeTransaction } from "../routes/decode-submission.ts";

/** Fixed and public: every development chain has the same genesis block, and its coins are worth nothing. */
const FAUCET_KEY = PrivateKey.fromHex(Buffer.from(sha256d(Buffer.from("P4 development faucet"))).toString("hex"));
const FAUCET_LOCK = new P2PKH().lock(FAUCET_KEY.toAddress());

export const FAUCET_SCRIPT: Uint8Array = Uint8Array.from(FAUCET_LOCK.toBinary());

const INPUT_BYTES = 149;
const OVERHEAD_BYTES = 20;
const P2PKH_OUTPUT_BYTES = 34;

export interface FaucetPayout {
  readonly transaction: ChainTransaction;
  readonly position: MinedPosition;
}

/** Pays out of the genesis allocation, and mines at once: what it gives has a Merkle proof from the start. */
export class Faucet {
  readonly #node: MinerNode;
  #source: Outpoint | null = null;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(node: MinerNode) {
    this.#node = node;
  }

  /** `count` outputs of `satoshis` each, from output 0 on. */
  pay(lockingScript: Uint8Array, satoshis: number, count: number): Promise<FaucetPayout> {
    // One after the other: each spends the change of the one before.
    const payout = this.#queue.then(() => this.#pay(lockingScript, satoshis, count));
    this.#queue = payout.catch(() => undefined);
    return payout;
  }

  async #pay(lockingScript: Uint8Array, satoshis: number, count: number): Promise<FaucetPayout> {
    const [outpoint, coin] = this.#findSource();
    const sizeBytes =
      OVERHEAD_BYTES + INPUT_BYTES + P2PKH_OUTPUT_BYTES + count * (lockingScript.length + P2PKH_OUTPUT_BYTES);
    const change =
      coin.satoshis - BigInt(satoshis) * BigInt(count) - requiredFee(sizeBytes, this.#node.chain.params.feeRate);
    if (change <= 0n) throw new Error("The faucet is empty. Delete the miner's data directory to start a new chain.");
    const lock = LockingScript.fromBinary(Array.from(lockingScript));
    const signed = await signSpend(outpoint, coin, [
      ...Array.from({ length: count }, () => ({ lockingScript: lock, satoshis })),
      { lockingScript: FAUCET_LOCK, satoshis: Number(change) },
    ]);
    const transaction = decodeTransaction(signed);
    this.#node.submit(transaction, null);
    this.#node.mine();
    this.#source = outpointOf(transaction.txid, count);
    return { transaction, position: this.#node.chain.minedPosition(transaction.txid) as MinedPosition };
  }

  /** The change of the last payout; after a start or a reorganisation the largest coin that can be spent. */
  #findSource(): [Outpoint, Coin] {
    const { utxos, mempool, tip, params } = this.#node.chain;
    const last = this.#source === null ? undefined : utxos.coin(this.#source);
    if (this.#source !== null && last !== undefined && mempool.spenderOf(this.#source) === undefined) {
      return [this.#source, last];
    }
    let best: [Outpoint, Coin] | null = null;
    for (const [outpoint, coin] of utxos.entries()) {
      const isMature = !coin.isCoinbase || tip.height + 1 - (coin.height ?? 0) >= params.coinbaseMaturity;
      if (
        isMature &&
        (best === null || coin.satoshis > best[1].satoshis) &&
        Buffer.compare(coin.lockingScript, FAUCET_SCRIPT) === 0 &&
        mempool.spenderOf(outpoint) === undefined
      ) {
        best = [outpoint, coin];
      }
    }
    if (best === null) throw new Error("The faucet has no coin to spend.");
    return best;
  }
}

async function signSpend(
  outpoint: Outpoint,
  coin: Coin,
  outputs: readonly { lockingScript: LockingScript; satoshis: number }[],
): Promise<Uint8Array> {
  const [sourceTXID, vout] = outpoint.split(":") as [string, string];
  const transaction = new Transaction();
  transaction.addInput({
    sourceTXID,
    sourceOutputIndex: Number(vout),
    sequence: 0xffffffff,
    unlockingScriptTemplate: new P2PKH().unlock(FAUCET_KEY, "all", false, Number(coin.satoshis), FAUCET_LOCK),
  });
  for (const output of outputs) transaction.addOutput(output);
  await transaction.sign();
  return Uint8Array.from(transaction.toBinary());
}
