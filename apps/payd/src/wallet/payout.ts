import type { KeyPlace } from "./coin.ts";

/** A transaction of the wallet's own coins, as stored. Its inputs are spent unless it was refused. */
export interface Payout {
  readonly version: 1;
  readonly id: string;
  readonly kind: "refund" | "sweep";
  /** Of a refund. */
  readonly invoiceId: string | null;
  /** What arrives. */
  readonly satoshis: number;
  readonly feeSatoshis: number;
  /** Where it arrives, as hex. */
  readonly script: string;
  readonly reason: string | null;
  readonly createdAtMs: number;
  readonly txid: string;
  readonly rawTx: string;
  readonly inputs: readonly { readonly txid: string; readonly vout: number }[];
  readonly change: { readonly vout: number; readonly satoshis: number; readonly key: KeyPlace } | null;
  /** `signed`: not known yet whether a miner takes it. */
  readonly state: "signed" | "broadcast" | "refused";
  /** The miner's words, where it was refused. */
  readonly refusal: string | null;
}
