import { closeCodes, type Message } from "@p4/protocol";
import { DoubleChannel, type DoubleConnection, type DoublePeer, type Faults } from "./testing/double-channel.ts";
import { type DoubleServerEnd, doubleWebSocket } from "./testing/double-socket.ts";
import type { WebSocketConstructor } from "./web-socket.ts";

/** A payment channel server in memory, for the unit tests of wallets: the wire is real, the network is not. */
export interface TestDouble {
  /** For the `webSocket` option of a session. */
  readonly webSocket: WebSocketConstructor;
  url(channelId: string): string;
  /** What the channel has stored, in order; the first has sequence 1. */
  log(channelId: string): readonly Message[];
  connectionCount(channelId: string): number;
  /** While true, every connection attempt fails. */
  setUnreachable(unreachable: boolean): void;
  /** Closes each join at once, as a server does that refuses it: `refuseJoins(4404, "CHANNEL_UNKNOWN: ...")`. */
  refuseJoins(code: number, reason: string): void;
  /** Closes all sockets of the channel. Default 1006: as if the network had gone. */
  dropConnections(channelId: string, code?: number, reason?: string): void;
  /** Refuses the next messages of any wallet, one with each code. */
  refuseNext(...errCodes: string[]): void;
  /** Stores the next message and loses its sender's connection in place of the receipt. */
  loseNextReceipt(): void;
  /** Publishes `proof.create`. */
  prove(channelId: string, txid: string, envelopeText: string): void;
  /** Publishes `doublespend.notify`. */
  reportDoubleSpend(channelId: string, txid: string, envelopeText: string): void;
  /** Publishes a `transaction.rejected`. */
  reportRejection(channelId: string, txid: string, envelopeText: string): void;
  /** Publishes `channel.expired` and closes the sockets. */
  expire(channelId: string): void;
  /** Joins without the in-memory socket, for a test that brings its own transport. Null: unreachable. */
  accept(url: string, peer: DoublePeer): DoubleServerEnd | null;
}

export type { DoublePeer } from "./testing/double-channel.ts";
export type { DoubleServerEnd } from "./testing/double-socket.ts";

export interface TestDoubleOptions {
  /** Told on joining; a larger message closes its sender's socket with 1009. Default 1,000,000. */
  readonly maxMessageBytes?: number;
}

export function createTestDouble({ maxMessageBytes = 1_000_000 }: TestDoubleOptions = {}): TestDouble {
  const channels = new Map<string, DoubleChannel>();
  const faults: Faults = { refusedJoin: null, refusals: [], lostReceipts: 0 };
  let isUnreachable = false;

  const channelOf = (channelId: string): DoubleChannel => {
    const channel = channels.get(channelId) ?? new DoubleChannel(channelId, faults, maxMessageBytes);
    channels.set(channelId, channel);
    return channel;
  };

  const dropConnections = (channelId: string, code = 1006, reason = ""): void => {
    const channel = channelOf(channelId);
    for (const connection of [...channel.connections]) channel.drop(connection, code, reason);
  };

  const accept = (url: string, peer: DoublePeer): DoubleServerEnd | null => {
    if (isUnreachable) return null;
    if (faults.refusedJoin !== null) {
      const { code, reason } = faults.refusedJoin;
      peer.close(code, reason);
      return { receive: () => undefined, closed: () => undefined };
    }
    const { pathname, searchParams } = new URL(url);
    const channel = channelOf(pathname.split("/").at(-1) ?? "");
    const connection: DoubleConnection = {
      peer,
      role: searchParams.get("role") === "merchant" ? "merchant" : "customer",
      dialect: searchParams.get("dialect") === "dpp" ? "dpp" : "p4",
      receipts: searchParams.get("receipts") === "true",
    };
    const since = searchParams.get("since");
    channel.join(connection, since === null ? null : Number(since));
    return {
      receive: (text) => channel.receive(connection, text),
      closed: () => channel.connections.delete(connection),
    };
  };

  return {
    webSocket: doubleWebSocket(accept),
    url: (channelId) => `ws://test-double/ws/${channelId}`,
    log: (channelId) => channelOf(channelId).log.map(({ message }) => message),
    connectionCount: (channelId) => channelOf(channelId).connections.size,
    setUnreachable: (unreachable) => void (isUnreachable = unreachable),
    refuseJoins: (code, reason) => void (faults.refusedJoin = { code, reason }),
    dropConnections,
    refuseNext: (...errCodes) => void faults.refusals.push(...errCodes),
    loseNextReceipt: () => void (faults.lostReceipts += 1),
    prove: (channelId, txid, text) => channelOf(channelId).publish("proof.create", txid, text, { "X-Tx-Id": txid }),
    reportDoubleSpend: (channelId, txid, text) =>
      channelOf(channelId).publish("doublespend.notify", txid, text, { "X-Tx-Id": txid }),
    reportRejection: (channelId, txid, text) =>
      channelOf(channelId).publish("transaction.rejected", txid, text, { "X-Tx-Id": txid }),
    expire: (channelId) => {
      channelOf(channelId).publish("channel.expired", "", null, {});
      dropConnections(channelId, closeCodes.channelOver.code, "channel.expired");
    },
    accept,
  };
}
