/** Consensus and policy of this chain. Amounts in satoshis, sizes in bytes. */
export interface ChainParams {
  readonly genesisTime: number;
  readonly genesisAllocation: bigint;
  readonly blockSubsidy: bigint;
  readonly coinbaseMaturity: number;
  readonly maxMoney: bigint;
  readonly maxTransactionBytes: number;
  readonly feeRate: FeeRate;
}

export interface FeeRate {
  readonly satoshis: number;
  readonly bytes: number;
}

/**
 * One fixed set, so that every data directory has the same genesis block. The genesis block pays an allocation that
 * is spendable at once: the faucet lives on it, and no hundred blocks have to be mined first.
 */
export const DEVELOPMENT_CHAIN: ChainParams = {
  genesisTime: 1_700_000_000,
  genesisAllocation: 1_000_000_00000000n,
  blockSubsidy: 50_00000000n,
  coinbaseMaturity: 100,
  maxMoney: 21_000_000_00000000n,
  maxTransactionBytes: 10_000_000,
  feeRate: { satoshis: 50, bytes: 1000 },
};

/** The least fee for a transaction of this size: rounded up to whole satoshis. */
export function requiredFee(sizeBytes: number, rate: FeeRate): bigint {
  return BigInt(Math.ceil((sizeBytes * rate.satoshis) / rate.bytes));
}
