import type { Fees } from "@p4/protocol";
import { type JsonObject, type MapiFeeType, readMapiFee } from "@p4/spv";

/** Reads mAPI's list of fees into go-dpp's two members. Throws SPV_MINER_ANSWER_INVALID unless all four are there. */
export function readFees(payload: JsonObject): Fees {
  const feesOf = (type: MapiFeeType): NonNullable<Fees["standard"]> => ({
    miningFee: readMapiFee(payload, type, "miningFee"),
    relayFee: readMapiFee(payload, type, "relayFee"),
  });
  return { standard: feesOf("standard"), data: feesOf("data") };
}
