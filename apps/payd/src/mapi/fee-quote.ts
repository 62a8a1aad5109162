import type { Fee, FeeRate, Fees } from "@p4/protocol";
import type { JsonObject } from "@p4/spv";
import { PaydError } from "../errors.ts";

/** Reads mAPI's list of fees into go-dpp's two members. Throws PAYD_MINER_UNAVAILABLE: terms need a usable quote. */
export function readFees(payload: JsonObject): Fees {
  const list = Array.isArray(payload["fees"]) ? (payload["fees"] as unknown[]).filter(isObject) : [];
  const feesOf = (type: string): FeeRate => {
    const entry = list.find(({ feeType }) => feeType === type);
    if (entry === undefined) throw new PaydError("PAYD_MINER_UNAVAILABLE", `feeQuote.fees: has no ${type} fee`);
    return { miningFee: readFee(entry["miningFee"], type), relayFee: readFee(entry["relayFee"], type) };
  };
  return { standard: feesOf("standard"), data: feesOf("data") };
}

function readFee(value: unknown, type: string): Fee {
  if (isObject(value)) {
    const { satoshis, bytes } = value;
    if (isWhole(satoshis) && isWhole(bytes) && bytes > 0) return { satoshis, bytes };
  }
  throw new PaydError("PAYD_MINER_UNAVAILABLE", `feeQuote.fees: the ${type} fee is not satoshis per bytes`);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null;
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
