import { decodeChannels, type CheckedChannel } from "./decode-channels.ts";
import type { History } from "./history.ts";
import { sessionsOf, type SessionRecord } from "./sessions.ts";

export interface UnfinishedPayment {
  readonly channelId: string;
  readonly detail: string;
}

/**
 * Of channels with one payment each: those whose payment was not completed exactly once by the log, the customer and
 * the merchant alike. `channelIds`: every channel that had to have one.
 */
export function unfinishedPayments(
  { log, records }: Pick<History, "log" | "records">,
  channelIds: readonly string[],
): UnfinishedPayment[] {
  const channels = decodeChannels(log);
  const accepted = new Map<string, number>();
  for (const record of records) {
    if (record.kind !== "outcome" || record.outcome !== "accepted") continue;
    accepted.set(record.channelId, (accepted.get(record.channelId) ?? 0) + 1);
  }
  const sessions = new Map<string, SessionRecord[]>();
  for (const session of sessionsOf(records)) {
    sessions.set(session.channelId, [...(sessions.get(session.channelId) ?? []), session]);
  }
  return channelIds.flatMap((channelId) => {
    const faults = Object.entries({
      ...inLog(channels.get(channelId)),
      "told to the customer": accepted.get(channelId) ?? 0,
      ...atWallets(sessions.get(channelId) ?? [], channels.get(channelId)),
    }).filter(([, times]) => times !== 1);
    const detail = faults.map(([what, times]) => `${what} ${String(times)} times`).join(", ");
    return faults.length === 0 ? [] : [{ channelId, detail }];
  });
}

function inLog(channel: CheckedChannel | undefined): Record<string, number> {
  const count = (type: string): number => channel?.events.filter((event) => event.type === type).length ?? 0;
  return { "stored as submitted": count("PaymentSubmitted"), "stored as accepted": count("PaymentAccepted") };
}

/** The receipt may come twice, when the first one was lost with a connection: one at least, for the stored verdict. */
function atWallets(sessions: readonly SessionRecord[], channel: CheckedChannel | undefined): Record<string, number> {
  const verdict = channel?.events.find(({ type }) => type === "PaymentAccepted");
  const of = (role: SessionRecord["role"]): SessionRecord[] => sessions.filter((session) => session.role === role);
  const given = (role: SessionRecord["role"], key: string): number =>
    of(role).flatMap(({ delivered }) => delivered.filter((message) => message.key === key)).length;
  const isConfirmed = of("merchant").some(({ connections }) =>
    connections.some(({ frames }) =>
      frames.some(({ key, sequence }) => key === "receipt" && sequence === verdict?.streamVersion),
    ),
  );
  return {
    "given to the merchant": given("merchant", "payment"),
    "answered to the customer": given("customer", "payment.ack"),
    "confirmed to the merchant": isConfirmed ? 1 : 0,
  };
}
