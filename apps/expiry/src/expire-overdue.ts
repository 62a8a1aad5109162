import { expiryEventId, type ChannelRegistry } from "@p4/actors";

/**
 * Ends a channel that the index shows as overdue. True: this call has ended it; false: it had ended already, or its
 * deadline was moved. The log decides, and takes one expiry, whoever comes first: the timer, an edge or a sweep.
 *
 * @throws StoreError, LogError
 */
export async function expireOverdue(
  registry: Pick<ChannelRegistry, "submit">,
  channelId: string,
  nowMs: number,
): Promise<boolean> {
  const metadata = { commandId: expiryEventId, nowMs, correlationId: "", causationId: "overdue" };
  const result = await registry.submit(channelId, { type: "ExpireChannel", metadata });
  return result.outcome === "stored";
}
