import type { FeeRate } from "@p4/spv";
import { PaydError } from "../errors.ts";

/** Satoshis for a byte: ten times what miners have ever asked. */
const maxRate = 5;

/** The rate of a miner's quote, for transactions that this wallet pays. Throws PAYD_FEE_TOO_HIGH: the fee could take all that is sent. */
export function payableRate(rate: FeeRate): FeeRate {
  if (rate.satoshis <= maxRate * rate.bytes) return rate;
  const quoted = `${rate.satoshis} satoshis for ${rate.bytes} bytes`;
  throw new PaydError(
    "PAYD_FEE_TOO_HIGH",
    `the miner's fee quote asks ${quoted}: at most ${maxRate} for a byte are paid`,
  );
}
