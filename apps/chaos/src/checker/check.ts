import type { Sha256Hex } from "@p4/channel";
import { disorder, lateDeliveries, lostMessages } from "./check-delivery.ts";
import { expiryFaults, storedTwice } from "./check-log.ts";
import { differingOutcomes } from "./check-outcomes.ts";
import { decodeChannels, illegalHistories } from "./decode-channels.ts";
import type { CheckLimits, History, Violation } from "./history.ts";
import { sessionsOf } from "./sessions.ts";

/** Pure: a history in, every broken promise out. Nothing of the system under test is asked. */
export function check(history: History, limits: CheckLimits, sha256Hex: Sha256Hex): Violation[] {
  const channels = decodeChannels(history.log);
  const sessions = sessionsOf(history.records);
  const all = [...channels.values()];
  return [
    ...lostMessages(sessions, channels),
    ...disorder(sessions, channels),
    ...lateDeliveries(sessions, channels, limits),
    ...illegalHistories(history.log, sha256Hex),
    ...all.flatMap(storedTwice),
    ...all.flatMap((channel) => expiryFaults(channel, history.readAtMs, limits)),
    ...differingOutcomes(history.records, channels),
  ];
}
