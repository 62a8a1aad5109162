import type { Channel } from "@p4/channel";
import type { Connection } from "./connection.ts";
import type { EdgeContext } from "./edge-context.ts";

type Nodes = Pick<EdgeContext, "nodeId" | "connections" | "isConnectionAlive">;

/** Told by `join.success` and by receipts. */
export const merchantHeader = "x-p4-merchant";

/**
 * Asks another node whether the merchant's connection there lives. Null: it does, or the seat is not elsewhere. Only joins
 * ask: a question for each message would cost as much as the message.
 */
export async function findLostMerchant(channel: Channel, nodes: Nodes): Promise<string | null> {
  const seat = seatOf(channel);
  if (seat === null || seat.nodeId === nodes.nodeId) return null;
  return (await nodes.isConnectionAlive(seat.nodeId, seat.connectionId)) ? null : seat.connectionId;
}

/** Whether a live connection has the merchant's seat, so far as this node knows. */
export function merchantPresence({ followed, lostMerchant }: Connection, nodes: Nodes): "present" | "absent" {
  const seat = seatOf(followed.channel);
  if (seat === null) return "absent";
  const isAlive =
    seat.nodeId === nodes.nodeId ? nodes.connections.isAlive(seat.connectionId) : seat.connectionId !== lostMerchant;
  return isAlive ? "present" : "absent";
}

/** The merchant's last connection, alive or not; null: none has come yet. */
export function seatOf(channel: Channel) {
  return channel.snapshot.context.merchant;
}
