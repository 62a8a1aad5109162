import { stateName } from "@p4/channel";
import type { ChannelRegistry, FollowedChannel } from "@p4/channel-host";
import { closeCodes } from "@p4/protocol";
import type { Connection } from "./connection.ts";
import { ServedChannel } from "./served-channel.ts";

interface Entry {
  readonly channel: ServedChannel;
  readonly ready: Promise<void>;
  /** Connections, and joins that are still under way. */
  users: number;
}

/** The channels with sockets on this node. Followed from the first join to the last leave. */
export class ServedChannels {
  readonly #registry: ChannelRegistry;
  readonly #onDelivered: (count: number) => void;
  readonly #entries = new Map<string, Entry>();
  readonly #listeners = new Map<string, number>();
  readonly #connections = new Map<string, Connection>();

  constructor(registry: ChannelRegistry, onDelivered: (count: number) => void) {
    this.#registry = registry;
    this.#onDelivered = onDelivered;
  }

  get size(): number {
    return this.#entries.size;
  }

  get connectionCount(): number {
    return this.#connections.size;
  }

  /** Its sockets, and the joins under way. */
  usersOf(channelId: string): number {
    return this.#entries.get(channelId)?.users ?? 0;
  }

  listenersOf(channelId: string): number {
    return this.#listeners.get(channelId) ?? 0;
  }

  /** Counts a listener over HTTP until the returned function is called. */
  listen(channelId: string): () => void {
    this.#listeners.set(channelId, (this.#listeners.get(channelId) ?? 0) + 1);
    let isListening = true;
    return () => {
      if (!isListening) return;
      isListening = false;
      const left = (this.#listeners.get(channelId) ?? 1) - 1;
      if (left === 0) this.#listeners.delete(channelId);
      else this.#listeners.set(channelId, left);
    };
  }

  /** True while the connection's socket is open, or is about to be. */
  isAlive(connectionId: string): boolean {
    return this.#connections.has(connectionId);
  }

  /** The channels with a connection. */
  *followed(): Iterable<FollowedChannel> {
    for (const { channel } of this.#entries.values()) if (channel.connections.size > 0) yield channel.followed;
  }

  /** How many of them are in each state. */
  states(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const { channel } of this.followed()) {
      const state = stateName(channel.snapshot);
      counts.set(state, (counts.get(state) ?? 0) + 1);
    }
    return counts;
  }

  connections(): Iterable<Connection> {
    return this.#connections.values();
  }

  /** Each successful `enter` needs a `leave`. `expectNew`: the next step is a join that may open the channel. */
  async enter(channelId: string, expectNew = false): Promise<ServedChannel> {
    const entry = this.#entries.get(channelId) ?? this.#start(channelId, expectNew);
    entry.users++;
    await entry.ready;
    return entry.channel;
  }

  leave(channel: ServedChannel): void {
    const entry = this.#entries.get(channel.channelId);
    if (entry?.channel !== channel || --entry.users > 0) return;
    this.#entries.delete(channel.channelId);
    channel.release();
  }

  /** This node can no longer follow the channel. Its sockets would hear nothing and never know: let them come again. */
  sendAway(channelId: string): void {
    this.#entries
      .get(channelId)
      ?.channel.closeAll(closeCodes.joinLater.code, "this node has lost the channel: join again");
  }

  /**
   * Sends the channel away that holds the most, if that is more than a share: its memory is free again, and its wallets
   * may go on at a node with more room.
   */
  sendHeaviestAway(shareBytes: number): void {
    let heaviest: { channelId: string; heldBytes: number } | null = null;
    for (const { channelId, heldBytes } of this.#held()) {
      if (heldBytes > (heaviest?.heldBytes ?? shareBytes)) heaviest = { channelId, heldBytes };
    }
    if (heaviest === null) return;
    const reason = "this node's memory is full: join again";
    this.#entries.get(heaviest.channelId)?.channel.closeAll(closeCodes.joinLater.code, reason);
  }

  *#held(): Iterable<{ readonly channelId: string; readonly heldBytes: number }> {
    for (const [channelId, { channel }] of this.#entries) {
      if (channel.connections.size > 0) yield { channelId, heldBytes: channel.followed.heldBytes };
    }
  }

  add(connection: Connection): void {
    connection.channel.connections.add(connection);
    this.#connections.set(connection.id, connection);
  }

  remove(connection: Connection): void {
    if (!this.#connections.delete(connection.id)) return;
    connection.channel.connections.delete(connection);
    this.leave(connection.channel);
  }

  #start(channelId: string, expectNew: boolean): Entry {
    const channel = new ServedChannel(channelId, this.#onDelivered);
    const followed = this.#registry.follow(channelId, channel.onFolded, { expectNew });
    const ready = followed.then((each) => channel.attach(each));
    const entry: Entry = { channel, ready, users: 0 };
    this.#entries.set(channelId, entry);
    // All who wait for it fail together; the next join starts again.
    ready.catch(() => this.#entries.delete(channelId));
    return entry;
  }
}
