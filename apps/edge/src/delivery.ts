import { heardBy, isEnded, stateName, type OutgoingMessage, type SequencedEvent } from "@p4/channel";
import type { FoldListener } from "@p4/channel-host";
import { closeCodes, type Message } from "@p4/protocol";
import { listenerOf, sendTo, type Connection } from "./connection.ts";
import { OutgoingFrame } from "./outgoing-frame.ts";

/** Hears of each event for each socket that it was written to. */
export type DeliveryListener = (event: SequencedEvent, channelId: string) => void;

/** From what an actor has folded to the sockets: nothing is heard that is not stored. */
export class Delivery {
  /** Messages of this node's own sockets that are being stored, by the id of their command: decoded when they came. */
  readonly underWay = new Map<string, Message>();
  readonly #onDelivered: DeliveryListener;
  #event: SequencedEvent | null = null;
  /**
   * Of that event, by the kind of message: at most two, since the answer to a payment is the payer's, and the others
   * learn that the invoice is paid.
   */
  readonly #frames = new Map<OutgoingMessage["kind"], OutgoingFrame>();

  constructor(onDelivered: DeliveryListener) {
    this.#onDelivered = onDelivered;
  }

  /** Hears every event of a channel, in the log's order, for the connection that `listening` is to have. */
  listenerFor(listening: { readonly connection: Connection | null }): FoldListener {
    return (event, { snapshot }) => {
      const { connection } = listening;
      if (connection === null) return;
      inferRole(connection, event);
      const message = heardBy(listenerOf(connection), event, snapshot.context);
      const isGreeted = connection.socket !== null && connection.greeting === null;
      if (message !== null && !isGreeted) connection.missed.push(event);
      else if (message !== null) {
        sendTo(connection, this.#frameOf(message, event, connection.followed.channelId));
        this.#onDelivered(event, connection.followed.channelId);
      }
      if (isGreeted && isEnded(snapshot))
        connection.socket?.close(closeCodes.channelOver.code, `channel.${stateName(snapshot)}`);
    };
  }

  /** Encoded once: the sockets of a channel hear an event one after the other. */
  #frameOf(message: OutgoingMessage, event: SequencedEvent, channelId: string): OutgoingFrame {
    if (this.#event !== event) {
      this.#event = event;
      this.#frames.clear();
    }
    const known = this.#frames.get(message.kind);
    if (known !== undefined) return known;
    const frame = new OutgoingFrame(message, channelId, this.underWay.get(event.metadata.eventId));
    this.#frames.set(message.kind, frame);
    return frame;
  }
}

/** The first role-specific message of a connection settles its role. */
function inferRole(connection: Connection, { data }: SequencedEvent): void {
  if ("from" in data && data.from.connectionId === connection.id) connection.role ??= data.from.role;
}
