import type { HexText, Memo, MerchantData, RefundTo } from "./common.ts";

export interface Bip270Payment {
  /** The transaction in hexadecimal. */
  transaction: HexText;
  merchantData?: MerchantData | null;
  refundTo?: RefundTo | null;
  memo?: Memo | null;
}

/** P4 v0.0.7 carries the ancestry as `spvEnvelope`, go-dpp as `ancestry` (Go's binary form, or BEEF). */
export interface DppPayment {
  rawTx?: HexText | null;
  ancestry?: HexText | null;
  spvEnvelope?: SpvEnvelope | null;
  merchantData?: MerchantData | null;
  refundTo?: RefundTo | null;
  memo?: Memo | null;
  proofCallbacks?: { [url: string]: ProofCallback | null } | null;
}

export interface ProofCallback {
  token?: string | null;
}

export interface SpvEnvelope {
  txid?: string | null;
  rawTx?: HexText | null;
  proof?: object | null;
  mapiResponses?: object[] | null;
  parents?: { [txid: string]: SpvEnvelope | null } | null;
}

export interface Brc27Payment {
  modeId: string;
  mode: Brc27PaymentMode;
  originator?: object | null;
  memo?: Memo | null;
}

export interface Brc27PaymentMode {
  optionId?: string | null;
  transactions: HexText[];
  ancestors?: { [txid: string]: Brc27Ancestor | null } | null;
}

export interface Brc27Ancestor {
  rawtx?: HexText | null;
  proof?: object | null;
  mapiResponses?: object[] | null;
}
