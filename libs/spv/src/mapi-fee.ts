import { SpvError } from "./errors.ts";
import { isJsonObject, type JsonObject } from "./strict-json.ts";
import type { FeeRate } from "./verify-payment.ts";

export type MapiFeeType = "standard" | "data";
export type MapiFeeUse = "miningFee" | "relayFee";

/** One rate of a fee quote's payload. Throws SPV_MINER_ANSWER_INVALID when it is not there, or is no rate. */
export function readMapiFee(payload: JsonObject, feeType: MapiFeeType, use: MapiFeeUse): FeeRate {
  const { fees } = payload;
  const list = Array.isArray(fees) ? (fees as unknown[]).filter(isJsonObject) : [];
  const fee = list.find((entry) => entry["feeType"] === feeType)?.[use];
  if (isJsonObject(fee)) {
    const { satoshis, bytes } = fee;
    if (isWhole(satoshis) && isWhole(bytes) && bytes > 0) return { satoshis, bytes };
  }
  throw new SpvError("SPV_MINER_ANSWER_INVALID", `fees: has no ${feeType} ${use} in satoshis per bytes`);
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
