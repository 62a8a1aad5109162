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
  /** Host and port that it was first sent to: another server's channel of this id is another one. Left out for an anchor. */
  readonly server?: string;
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
  /**
   * The payment under another messageId, which its merchant has not been able to judge: under the old one that failure comes
   * back. The same transaction, so it is paid once at most.
   */
  renew(payment: SignedPayment): Promise<SignedPayment>;
  /** By it the server knows the wallet again in another run, and tells it a verdict at the channel's end too; null: by none. */
  secretFor(channelId: string): string | null;
  /** Called once the merchant has decided, or the server has refused to store it (not accepted). */
  settle(payment: SignedPayment, accepted: boolean): Promise<void>;
}
