import type { FollowedChannel } from "@p4/channel-host";
import { closeCodes } from "@p4/protocol";
import type { Connection } from "./connection.ts";

const none: readonly Connection[] = [];

/** The sockets of this node's wallets, by id and by channel. Each follows its channel until it is removed. */
export class Connections implements Iterable<Connection> {
  readonly #byId = new Map<string, Connection>();
  /** Lists that are replaced, never changed: of one or two, a set would take several times as much. */
  readonly #byChannel = new Map<string, readonly Connection[]>();
  readonly #joining = new Set<string>();

  get size(): number {
    return this.#byId.size;
  }

  /** Channels with a connection. */
  get channelCount(): number {
    return this.#byChannel.size;
  }

  /** Joins under way. */
  get joining(): number {
    return this.#joining.size;
  }

  [Symbol.iterator](): Iterator<Connection> {
    return this.#byId.values();
  }

  /** Each channel with a connection, once. */
  *channels(): Iterable<FollowedChannel> {
    for (const [connection] of this.#byChannel.values()) if (connection !== undefined) yield connection.followed;
  }

  of(channelId: string): readonly Connection[] {
    return this.#byChannel.get(channelId) ?? none;
  }

  /** True while the connection's socket is open, or is about to be. */
  isAlive(connectionId: string): boolean {
    return this.#byId.has(connectionId) || this.#joining.has(connectionId);
  }

  /**
   * Its join is under way until the returned function is called: the log may name it, as the merchant even, before it is added
   * here.
   */
  joins(connectionId: string): () => void {
    this.#joining.add(connectionId);
    return () => void this.#joining.delete(connectionId);
  }

  add(connection: Connection): void {
    const { channelId } = connection.followed;
    this.#byId.set(connection.id, connection);
    this.#byChannel.set(channelId, this.of(channelId).concat(connection));
  }

  /** Its channel is followed no more for it. */
  remove(connection: Connection): void {
    if (!this.#byId.delete(connection.id)) return;
    const { channelId } = connection.followed;
    const left = this.of(channelId).filter((each) => each !== connection);
    if (left.length === 0) this.#byChannel.delete(channelId);
    else this.#byChannel.set(channelId, left);
    connection.followed.release();
  }

  /** Closes a channel's sockets, so that their wallets join again. */
  sendAway(channelId: string, reason: string): void {
    for (const { socket } of this.of(channelId)) socket?.close(closeCodes.joinLater.code, reason);
  }

  /**
   * Sends the channel away that holds the most, if that is more than a share: its memory is free again, and its wallets
   * may go on at a node with more room.
   */
  sendHeaviestAway(shareBytes: number): void {
    let heaviest: { channelId: string; heldBytes: number } | null = null;
    for (const { channelId, heldBytes } of this.channels()) {
      if (heldBytes > (heaviest?.heldBytes ?? shareBytes)) heaviest = { channelId, heldBytes };
    }
    if (heaviest !== null) this.sendAway(heaviest.channelId, "this node's memory is full: join again");
  }
}
