import { OperatorError } from "./operator-error.ts";

export function unknownChannel(channelId: string): OperatorError {
  return new OperatorError(
    "failed",
    `there is no channel ${channelId} in this log`,
    "`p4 channels` lists them; `p4 channels --txid <txid>` finds one by its payment.",
    "CHANNEL_UNKNOWN",
  );
}
