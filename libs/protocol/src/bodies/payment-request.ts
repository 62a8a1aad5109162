import type { tags } from "typia";
import type { Amount, BodyTime, Fee, Fees, HexText, Memo, MerchantData, Output, PaymentUrl } from "./common.ts";

/** BIP270: outputs at the top, times in unix seconds. */
export interface Bip270PaymentRequest {
  network?: string | null;
  outputs: Output[];
  creationTimestamp?: BodyTime | null;
  expirationTimestamp?: BodyTime | null;
  memo?: Memo | null;
  paymentUrl?: PaymentUrl | null;
  merchantData?: MerchantData | null;
}

/** P4 v0.0.7 says `spvRequired`, go-dpp `ancestryRequired`; PayD itself writes `paymentURL`. */
export interface DppPaymentRequest {
  network?: string | null;
  destinations: { outputs?: Output[] | null } | null;
  spvRequired?: boolean | null;
  ancestryRequired?: boolean | null;
  creationTimestamp?: BodyTime | null;
  expirationTimestamp?: BodyTime | null;
  memo?: Memo | null;
  paymentUrl?: PaymentUrl | null;
  paymentURL?: PaymentUrl | null;
  merchantData?: MerchantData | null;
  fees?: Fees | null;
}

/** BRC-27 (TSC TS 2021.014): modes of payment, each with options. */
export interface Brc27PaymentTerms {
  network?: string | null;
  version?: string | null;
  creationTimestamp?: BodyTime | null;
  expirationTimestamp?: BodyTime | null;
  memo?: Memo | null;
  paymentUrl?: PaymentUrl | null;
  beneficiary?: Beneficiary | null;
  modes: { [modeId: string]: { [optionId: string]: TermsOption } };
}

export interface Beneficiary {
  name?: string | null;
  email?: string | null;
  address?: string | null;
  paymentReference?: string | null;
  avatar?: string | null;
  extendedData?: object | null;
}

export interface TermsOption {
  transactions?: TermsTransaction[];
}

export interface TermsTransaction {
  outputs?: { native?: NativeOutput[] | null } | null;
  inputs?: object | null;
  policies?: { fees?: { [kind: string]: Fee } | null; SPVRequired?: boolean | null; lockTime?: number | null } | null;
}

export interface NativeOutput {
  amount: Amount;
  script: HexText;
  description?: (string & tags.MaxLength<100>) | null;
}
