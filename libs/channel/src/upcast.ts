import type { ChannelEvent, NewChannelEvent } from "./events.ts";

/** The newest version of any event: an event of a higher one was written by a newer build. */
export const currentSchemaVersion = 2;

/**
 * The version that an event is written in. Only what an older build would fold to another state gets a higher one, so
 * that edges of two builds can serve the same channels during an upgrade: a payment of one transaction reads as before.
 */
export function schemaVersionOf(event: Pick<NewChannelEvent, "type" | "data">): number {
  return event.type === "PaymentSubmitted" && (event.data as { txids: readonly string[] }).txids.length > 1 ? 2 : 1;
}

/** Raises an event that an older build wrote to what the fold expects today. */
export function upcast(event: ChannelEvent): ChannelEvent {
  if (event.type !== "PaymentSubmitted") return event;
  const { data } = event as { data: { txid: string | null; txids?: readonly string[] } };
  if (data.txids !== undefined) return event;
  return { ...event, data: { ...event.data, txids: typeof data.txid === "string" ? [data.txid] : [] } };
}
