import type { tags } from "typia";

/** Whole satoshis as JSON number. */
export type Amount = number & tags.Type<"uint64">;

/** Bytes as hexadecimal digits. An empty text is left to the merchant to refuse, in its own words. */
export type HexText = string & tags.Pattern<"^(?:[0-9a-fA-F]{2})*$">;

/** BIP270 writes seconds, P4 and DPP write RFC 3339. */
export type BodyTime = string | number;

export type PaymentUrl = string & tags.MaxLength<4000>;
export type Memo = string & tags.MaxLength<10000>;
export type RefundTo = string & tags.MaxLength<100>;

export interface Output {
  amount: Amount;
  /** Locking script. */
  script: HexText;
  description?: string | null;
}

export interface Fee {
  satoshis: Amount;
  bytes: number & tags.Type<"uint32">;
}

export interface FeeRate {
  miningFee?: Fee | null;
  relayFee?: Fee | null;
}

export interface Fees {
  standard?: FeeRate | null;
  data?: FeeRate | null;
}

/** BIP270 has one text; the others have an object, whose members differ from wallet to wallet. */
export type MerchantData = (string & tags.MaxLength<10000>) | MerchantDetails;

export interface MerchantDetails {
  name?: string | null;
  email?: string | null;
  address?: string | null;
  avatar?: string | null;
  extendedData?: object | null;
}
