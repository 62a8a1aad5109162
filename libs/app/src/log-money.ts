import type { Logger } from "@p4/telemetry";
import type { StoredHere } from "./stored-here.ts";

/**
 * One line for each end of a channel and each proof that this node stores: channel, node and what it was, nothing that a
 * wallet wrote.
 */
export function logMoney(logger: Pick<Logger, "info">): (stored: StoredHere) => void {
  return ({ nodeId, channelId, event }) => {
    const place = { channelId, nodeId, sequence: event.streamVersion };
    switch (event.type) {
      case "ChannelExpired": {
        const lateMs = event.metadata.recordedAtMs - event.data.expiresAtMs;
        return logger.info({ ...place, code: "expired", lateMs }, "end");
      }
      case "ChannelClosed":
        return logger.info({ ...place, code: "closed" }, "end");
      case "ProofRecorded": {
        const { txid, status, source } = event.data.proof;
        return logger.info({ ...place, code: status, txid, source }, "proof");
      }
      default:
        return;
    }
  };
}
