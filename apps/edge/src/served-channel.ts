import type { FollowedChannel } from "@p4/actors";
import { deliveryOf, hears, isEnded, stateName, type Channel, type SequencedEvent } from "@p4/channel";
import type { Connection } from "./connection.ts";
import { edgeCloseCodes } from "./errors.ts";
import { FanOut, type FanOutTurns } from "./fan-out.ts";
import { OutgoingFrame } from "./outgoing-frame.ts";

/** One channel's sockets on this node. Delivers what the actor has folded: nothing is heard that is not stored. */
export class ServedChannel {
  readonly channelId: string;
  readonly connections = new Set<Connection>();
  /** The way of all frames that tell a wallet a sequence: none overtakes another. */
  readonly fanOut: FanOut;
  readonly #onDelivered: (count: number) => void;
  #followed: FollowedChannel | null = null;

  constructor(channelId: string, turns: FanOutTurns, onDelivered: (count: number) => void) {
    this.channelId = channelId;
    this.fanOut = new FanOut(turns);
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
    if (isEnded(channel.snapshot)) this.closeAll(edgeCloseCodes.terminal, `channel.${stateName(channel.snapshot)}`);
  };

  /** Closes every socket, behind what is still to be sent to it. */
  closeAll(code: number, reason: string): void {
    this.fanOut.then(() => {
      for (const connection of [...this.connections]) connection.socket?.close(code, reason);
    });
  }

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
    const recipients: Connection[] = [];
    for (const connection of this.connections) {
      if (connection.id === delivery.exceptConnectionId || !hears(connection.role, delivery.audience)) continue;
      if (connection.socket === null) connection.missed.push(event);
      else recipients.push(connection);
    }
    if (recipients.length === 0) return;
    this.fanOut.send(new OutgoingFrame(delivery.message, this.channelId), recipients);
    this.#onDelivered(recipients.length);
  }
}
