/** Where in the wallet's tree a key is: `m/44'/236'/0'/<chain>/<index>`; chain 0 is paid by customers, 1 takes change. */
export interface KeyPlace {
  readonly chain: 0 | 1;
  readonly index: number;
}

/** An output of the wallet's own that nothing has spent yet. */
export interface WalletCoin {
  readonly txid: string;
  readonly vout: number;
  readonly satoshis: number;
  readonly key: KeyPlace;
  /** A proof of its transaction is stored. */
  readonly isProved: boolean;
  /** A miner has refused a payout that spends it: it may be the cause. */
  readonly wasRefused?: boolean;
}

export function outpointOf({ txid, vout }: Pick<WalletCoin, "txid" | "vout">): string {
  return `${txid}:${vout}`;
}
