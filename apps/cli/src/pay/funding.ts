import type { PrivateKey } from "@bsv/sdk";

/** An output that this wallet can spend: P2PKH to `key`. */
export interface Coin {
  readonly txid: string;
  readonly vout: number;
  readonly satoshis: bigint;
  /** Its transaction with the proof that it is mined, or with its ancestors up to that. Hex. */
  readonly beef: string;
  readonly key: PrivateKey;
}

/** A payment that was signed, and may or may not have reached the merchant. */
export interface SignedPayment {
  readonly channelId: string;
  /** Sent again under the same id, the same payment has the same outcome. */
  readonly messageId: string;
  readonly bodyText: string;
  readonly txid: string;
  readonly satoshis: bigint;
  readonly feeSatoshis: bigint;
  readonly spent: readonly { readonly txid: string; readonly vout: number }[];
  /** Null: no change. */
  readonly change: Omit<Coin, "key"> | null;
}

/** Where the coins come from, and who remembers what became of them. */
export interface Funding {
  /** Coins of at least this sum. Throws a CliError when there are not enough. */
  coins(satoshis: bigint): Promise<readonly Coin[]>;
  /** Takes the change. */
  changeKey(): PrivateKey;
  /** A payment into this channel whose outcome is not known yet. */
  unsettled(channelId: string): SignedPayment | null;
  /** Called before the payment is sent for the first time. */
  reserve(payment: SignedPayment): Promise<void>;
  /** Called once the merchant has decided. */
  settle(payment: SignedPayment, accepted: boolean): Promise<void>;
}
