import { expiryEventId, type FollowedChannel } from "@p4/actors";
import { isOverdue } from "@p4/channel";
import type { EdgeContext } from "../edge-context.ts";

/** A channel whose deadline passed unnoticed expires when somebody comes, as it does for a socket that joins. */
export async function expireIfOverdue(followed: FollowedChannel, context: EdgeContext): Promise<void> {
  const nowMs = context.nowMs();
  if (!isOverdue(followed.channel.snapshot, nowMs)) return;
  const metadata = { commandId: expiryEventId, nowMs, correlationId: "", causationId: "overdue" };
  await followed.submit({ type: "ExpireChannel", metadata });
}
