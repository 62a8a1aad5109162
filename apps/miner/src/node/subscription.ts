/** Who wants to hear about one transaction, as asked for when it was submitted. */
export type Subscription = MapiSubscription | ArcSubscription;

export interface MapiSubscription {
  readonly dialect: "mapi";
  /** May hold `{callbackReason}`. */
  readonly url: string;
  /** Sent as the Authorization header as it is. */
  readonly token: string | null;
  readonly merkleProof: boolean;
  readonly dsCheck: boolean;
}

export interface ArcSubscription {
  readonly dialect: "arc";
  readonly url: string;
  /** Sent as `Bearer <token>`. */
  readonly token: string | null;
  /** Also SEEN_ON_NETWORK and DOUBLE_SPEND_ATTEMPTED. */
  readonly fullStatusUpdates: boolean;
}

/** Subscriptions by transaction id. Asking twice with the same words is one subscription. */
export class Subscriptions {
  readonly #byTxid = new Map<string, Subscription[]>();

  add(txid: string, subscription: Subscription): void {
    const existing = this.#byTxid.get(txid) ?? [];
    const text = JSON.stringify(subscription);
    if (existing.some((other) => JSON.stringify(other) === text)) return;
    this.#byTxid.set(txid, [...existing, subscription]);
  }

  of(txid: string): readonly Subscription[] {
    return this.#byTxid.get(txid) ?? [];
  }
}
