import { bumpHexOf } from "../chain/merkle-proof.ts";
import type { Callback } from "./callback-sender.ts";
import type { Notice } from "./notice.ts";
import type { ArcSubscription } from "./subscription.ts";

/** Statuses below REJECTED are sent to those alone who asked for full updates. */
const FULL_UPDATES_ONLY: ReadonlySet<Notice["kind"]> = new Set(["seen", "doubleSpendAttempt"]);

/**
 * ARC's callback for a notice, or null when this subscriber did not ask for it. Not signed: the token is the only
 * authentication and the BUMP the only proof.
 */
export function arcCallbackOf(notice: Notice, subscription: ArcSubscription, now: Date): Callback | null {
  if (FULL_UPDATES_ONLY.has(notice.kind) && !subscription.fullStatusUpdates) return null;
  const body = { timestamp: now.toISOString(), txid: notice.txid, ...arcFieldsOf(notice) };
  return {
    url: subscription.url,
    authorization: subscription.token === null ? null : `Bearer ${subscription.token}`,
    contentType: "application/json; charset=UTF-8",
    body: () => JSON.stringify(body),
  };
}

function arcFieldsOf(notice: Notice): object {
  switch (notice.kind) {
    case "seen":
      return { txStatus: "SEEN_ON_NETWORK" };
    case "mined":
      return {
        txStatus: "MINED",
        merklePath: bumpHexOf(notice.position),
        blockHash: notice.position.block.hash,
        blockHeight: notice.position.block.height,
      };
    case "unmined":
      return {
        txStatus: "MINED_IN_STALE_BLOCK",
        blockHash: notice.staleBlock.hash,
        blockHeight: notice.staleBlock.height,
      };
    case "doubleSpendAttempt":
      return { txStatus: "DOUBLE_SPEND_ATTEMPTED", competingTxs: [notice.conflict.txid] };
    case "doubleSpend":
      return {
        txStatus: "REJECTED",
        competingTxs: [notice.conflict.txid],
        extraInfo: `double spent by ${notice.conflict.txid} in block ${notice.block.hash}`,
      };
  }
}
