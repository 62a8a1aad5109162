import type { PaymentOutcome, WalletRecord } from "../wallets/wallet-record.ts";
import type { CheckedChannel } from "./decode-channels.ts";
import type { Violation } from "./history.ts";

type Outcome = "accepted" | "refused";

/** Each payment has one outcome: the log's verdict, the merchant's and what the customer was told are the same. */
export function differingOutcomes(
  records: readonly WalletRecord[],
  channels: ReadonlyMap<string, CheckedChannel>,
): Violation[] {
  const logged = loggedVerdicts(channels);
  const violations: Violation[] = [];
  const compare = (channelId: string, txid: string, who: string, outcome: Outcome): void => {
    const verdict = logged.get(`${channelId} ${txid}`);
    if (verdict === outcome) return;
    const detail = `${txid}: ${who} has it ${outcome}, the log ${verdict ?? "no verdict"}`;
    violations.push({ code: "OUTCOMES_DIFFER", channelId, detail });
  };
  for (const record of records) {
    if (record.kind === "outcome" && isVerdict(record)) {
      compare(record.channelId, record.txid, "the customer", record.outcome as Outcome);
    }
    // A verdict that was not stored before the end does not count.
    if (record.kind === "verdict" && logged.has(`${record.channelId} ${record.txid}`)) {
      compare(record.channelId, record.txid, "the merchant", record.accepted ? "accepted" : "refused");
    }
    if (record.kind === "callback" && !hasProof(channels.get(record.channelId), record.txid)) {
      const detail = `the proof of ${record.txid}, which the server had taken`;
      violations.push({ code: "LOST_ACKNOWLEDGED", channelId: record.channelId, detail });
    }
    if (record.kind === "flow" && record.step === "stuck") {
      violations.push({ code: "WAITED_FOR_EVER", channelId: record.channelId, detail: record.detail });
    }
  }
  return violations;
}

function isVerdict({ outcome }: PaymentOutcome): boolean {
  return outcome === "accepted" || outcome === "refused";
}

/** By channel and transaction; a second, different verdict shows as the last one and is an illegal history as well. */
function loggedVerdicts(channels: ReadonlyMap<string, CheckedChannel>): Map<string, Outcome> {
  const verdicts = new Map<string, Outcome>();
  for (const { channelId, events } of channels.values()) {
    let txid: string | null = null;
    for (const event of events) {
      if (event.type === "PaymentSubmitted") txid = event.data.txid;
      if (event.type === "PaymentAccepted") verdicts.set(`${channelId} ${txid ?? ""}`, "accepted");
      if (event.type === "PaymentRefused") verdicts.set(`${channelId} ${txid ?? ""}`, "refused");
    }
  }
  return verdicts;
}

function hasProof(channel: CheckedChannel | undefined, txid: string): boolean {
  return channel?.events.some((event) => event.type === "ProofRecorded" && event.data.proof.txid === txid) ?? false;
}
