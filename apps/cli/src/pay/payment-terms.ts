import type { FeeRate } from "@p4/spv";
import type { Bip270PaymentRequest, Brc27PaymentTerms, DppPaymentRequest, Output, ParsedBody } from "@p4/protocol";

/** What there is to pay, whatever the vocabulary of the request. */
export interface PaymentTerms {
  readonly form: "bip270" | "dpp" | "brc27";
  readonly outputs: readonly TermsOutput[];
  readonly feeRate: FeeRate;
  readonly ancestry: "required" | "welcome" | "unwanted";
  readonly memo: string | null;
  readonly merchantData: unknown;
  /** Unix time in ms; null: never. */
  readonly expiresAtMs: number | null;
  /** BRC-27 only: which of the offered ways is taken. */
  readonly mode: { readonly modeId: string; readonly optionId: string } | null;
}

export interface TermsOutput {
  readonly satoshis: bigint;
  /** Locking script, hex. */
  readonly script: string;
}

/** What the miners of today ask at least. */
const defaultFeeRate: FeeRate = { satoshis: 50, bytes: 1000 };

/** Null: the request is of no vocabulary that this wallet knows, or asks for nothing. */
export function paymentTerms(body: ParsedBody): PaymentTerms | null {
  const terms = readTerms(body);
  return terms === null || terms.outputs.length === 0 ? null : terms;
}

function readTerms(body: ParsedBody): PaymentTerms | null {
  switch (body.form) {
    case "dpp.paymentRequest":
      return dppTerms(body.value);
    case "bip270.paymentRequest":
      return bip270Terms(body.value);
    case "brc27.paymentTerms":
      return brc27Terms(body.value);
    default:
      return null;
  }
}

function dppTerms(value: DppPaymentRequest): PaymentTerms {
  const { destinations, fees, memo, merchantData, expirationTimestamp } = value;
  return {
    form: "dpp",
    outputs: (destinations?.outputs ?? []).map(termsOutput),
    feeRate: fees?.standard?.miningFee ?? defaultFeeRate,
    ancestry: ancestryOf(value),
    memo: memo ?? null,
    merchantData: merchantData ?? null,
    expiresAtMs: timeMs(expirationTimestamp),
    mode: null,
  };
}

/** P4 v0.0.7 says `spvRequired`. A merchant that says nothing may use it, one that says no is spared it. */
function ancestryOf({ ancestryRequired, spvRequired }: DppPaymentRequest): PaymentTerms["ancestry"] {
  const wanted = ancestryRequired ?? spvRequired;
  if (wanted === undefined || wanted === null) return "welcome";
  return wanted ? "required" : "unwanted";
}

function bip270Terms({ outputs, memo, merchantData, expirationTimestamp }: Bip270PaymentRequest): PaymentTerms {
  return {
    form: "bip270",
    outputs: outputs.map(termsOutput),
    feeRate: defaultFeeRate,
    ancestry: "unwanted",
    memo: memo ?? null,
    merchantData: merchantData ?? null,
    expiresAtMs: timeMs(expirationTimestamp),
    mode: null,
  };
}

/** The first option that asks for one transaction; a payment of several is beyond this wallet. */
function brc27Terms(value: Brc27PaymentTerms): PaymentTerms | null {
  for (const [modeId, options] of Object.entries(value.modes)) {
    for (const [optionId, { transactions }] of Object.entries(options)) {
      const [transaction, ...others] = transactions ?? [];
      if (transaction === undefined || others.length > 0) continue;
      const spvRequired = transaction.policies?.SPVRequired ?? false;
      return {
        form: "brc27",
        outputs: (transaction.outputs?.native ?? []).map(termsOutput),
        feeRate: transaction.policies?.fees?.["standard"] ?? defaultFeeRate,
        ancestry: spvRequired ? "required" : "unwanted",
        memo: value.memo ?? null,
        merchantData: null,
        expiresAtMs: timeMs(value.expirationTimestamp),
        mode: { modeId, optionId },
      };
    }
  }
  return null;
}

function termsOutput({ amount, script }: Pick<Output, "amount" | "script">): TermsOutput {
  return { satoshis: BigInt(amount), script };
}

/** BIP270 writes seconds, P4 and DPP write RFC 3339. */
function timeMs(time: string | number | null | undefined): number | null {
  if (time === null || time === undefined || time === "" || time === 0) return null;
  const ms = typeof time === "number" ? time * 1000 : Date.parse(time);
  // Go writes its zero time for "none".
  return Number.isNaN(ms) || ms <= 0 ? null : ms;
}
