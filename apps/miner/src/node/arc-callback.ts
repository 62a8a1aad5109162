import { bumpOf } from "../chain/merkle-proof.ts";
import type { Callback } from "./callback-sender.ts";
import type { Notice } from "./notice.ts";
import type { ArcSubscription } from "./subscription.ts";

/** ARC's callback for a notice: not signed, the token is the only authentication and the BUMP the only proof. */
export function arcCallbackOf(notice: Notice, subscription: ArcSubscription, now: Date): Callback {
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
    case "mined":
      return {
        txStatus: "MINED",
        merklePath: bumpOf(notice.position).toString("hex"),
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
