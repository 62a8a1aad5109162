import { isOverdue, type Channel, type ExpireChannel } from "@p4/channel";

/** What made a node look: the broker's marker of an elapsed deadline, or a deadline that has passed without one. */
export type ExpiryCause = "deadline" | "overdue";

/** The broker's marker comes first, within a second or two of the deadline: sweeps leave it this long. */
export const markerGraceMs = 10_000;

/**
 * The command that ends a channel at its deadline. Its event id is the same for every node and every cause, so the log
 * takes one expiry whichever of them comes first; the channel's own deadline decides whether it takes any.
 */
export function expireCommand(nowMs: number, cause: ExpiryCause, correlationId = ""): ExpireChannel {
  return { type: "ExpireChannel", metadata: { commandId: "expiry", nowMs, correlationId, causationId: cause } };
}

/** Null while the channel's deadline has not passed, or has passed less than `graceMs` ago. */
export function expireIfOverdue({ snapshot }: Channel, nowMs: number, graceMs = 0): ExpireChannel | null {
  return isOverdue(snapshot, nowMs - graceMs) ? expireCommand(nowMs, "overdue") : null;
}
