import type { Role } from "@p4/protocol";
import type { TimelineEntry } from "./timeline.ts";

/**
 * What the log knows of a message's way to a party. `notSent`: no wallet of the party has joined. `sent`: one has, before or
 * since; whether its connection still lived, the log does not tell. `confirmed`: the party has said something since.
 */
export type Delivery = "notSent" | "sent" | "confirmed";

export function deliveryOf(
  entries: readonly Pick<TimelineEntry, "streamVersion" | "from" | "what">[],
  role: Role,
  streamVersion: number,
): Delivery {
  const ofRole = entries.filter(({ from }) => from === role);
  const hasSpoken = ofRole.some((entry) => entry.streamVersion > streamVersion && entry.what !== "join");
  if (hasSpoken) return "confirmed";
  return ofRole.length > 0 ? "sent" : "notSent";
}
