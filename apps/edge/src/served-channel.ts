import type { FollowedChannel } from "@p4/actors";
import { deliveryOf, hears, isEnded, stateName, type Channel, type SequencedEvent } from "@p4/channel";
import type { Connection } from "./connection.ts";
import { edgeCloseCodes } from "./errors.ts";
import { OutgoingFrame } from "./outgoing-frame.ts";

/** One channel's sockets on this node. Delivers what the actor has folded: nothing is heard that is not stored. */
export class ServedChannel {
  readonly channelId: string;
  readonly connections = new Set<Connection>();
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
    this.#deliver(event);
    if (isEnded(channel.snapshot)) this.#closeAll(channel);
  };

  /** The first role-specific message of a connection settles its role. */
  #inferRole(event: SequencedEvent): void {
    if (!("from" in event.data)) return;
    const { connectionId, role } = event.data.from;
    for (const connection of this.connections) {
      if (connection.id === connectionId) connection.role ??= role;
    }
  }

  #deliver(event: SequencedEvent): void {
    const delivery = deliveryOf(event);
    if (delivery === null) return;
    let frame: OutgoingFrame | undefined;
    let count = 0;
    for (const connection of this.connections) {
      if (connection.id === delivery.exceptConnectionId || !hears(connection.role, delivery.audience)) continue;
      if (connection.socket === null) {
        connection.missed.push(event);
        continue;
      }
      frame ??= new OutgoingFrame(delivery.message, this.channelId);
      connection.socket.send(frame.encode(connection.encoding));
      count++;
    }
    if (count > 0) this.#onDelivered(count);
  }

  #closeAll(channel: Channel): void {
    for (const connection of [...this.connections]) {
      connection.socket?.close(edgeCloseCodes.terminal, `channel.${stateName(channel.snapshot)}`);
    }
  }
}
