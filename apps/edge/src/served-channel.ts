import type { FollowedChannel } from "@p4/channel-host";
import { heardBy, isEnded, stateName, type Channel, type OutgoingMessage, type SequencedEvent } from "@p4/channel";
import { closeCodes, type Message } from "@p4/protocol";
import { listenerOf, sendTo, type Connection } from "./connection.ts";
import { OutgoingFrame } from "./outgoing-frame.ts";

/** One channel's sockets on this node. Delivers what the actor has folded: nothing is heard that is not stored. */
export class ServedChannel {
  readonly channelId: string;
  readonly connections = new Set<Connection>();
  /** Messages of this node's own sockets that are being stored, by the id of their command: decoded when they came. */
  readonly underWay = new Map<string, Message>();
  readonly #onDelivered: (count: number) => void;
  #followed: FollowedChannel | null = null;

  constructor(channelId: string, onDelivered: (count: number) => void) {
    this.channelId = channelId;
    this.#onDelivered = onDelivered;
  }

  attach(followed: FollowedChannel): void {
    this.#followed = followed;
  }

  get followed(): FollowedChannel {
    if (this.#followed === null) throw new Error(`channel ${this.channelId} is not followed yet`);
    return this.#followed;
  }

  release(): void {
    this.#followed?.release();
    this.#followed = null;
  }

  /** Called for every event, in the log's order. */
  readonly onFolded = (event: SequencedEvent, channel: Channel): void => {
    this.#inferRole(event);
    this.#deliver(event, channel);
    if (isEnded(channel.snapshot)) this.closeAll(closeCodes.channelOver.code, `channel.${stateName(channel.snapshot)}`);
  };

  closeAll(code: number, reason: string): void {
    for (const connection of [...this.connections]) connection.socket?.close(code, reason);
  }

  /** The first role-specific message of a connection settles its role. */
  #inferRole(event: SequencedEvent): void {
    if (!("from" in event.data)) return;
    const { connectionId, role } = event.data.from;
    for (const connection of this.connections) {
      if (connection.id === connectionId) connection.role ??= role;
    }
  }

  #deliver(event: SequencedEvent, { snapshot }: Channel): void {
    const decoded = this.underWay.get(event.metadata.eventId);
    // At most two: the answer to a payment is the payer's, and the others learn that the invoice is paid.
    const recipients = new Map<OutgoingMessage["kind"], { message: OutgoingMessage; connections: Connection[] }>();
    for (const connection of this.connections) {
      const message = heardBy(listenerOf(connection), event, snapshot.context);
      if (message === null) continue;
      if (connection.socket === null) {
        connection.missed.push(event);
        continue;
      }
      const known = recipients.get(message.kind);
      if (known === undefined) recipients.set(message.kind, { message, connections: [connection] });
      else known.connections.push(connection);
    }
    for (const { message, connections } of recipients.values()) {
      const frame = new OutgoingFrame(message, this.channelId, decoded);
      for (const connection of connections) sendTo(connection, frame);
      this.#onDelivered(connections.length);
    }
  }
}
