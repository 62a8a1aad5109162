import { snapshotOf, startChannelActor, type Channel, type ChannelActor, type Sha256Hex } from "@p4/channel";

/** Some kilobytes each, most of it XState's own. */
const mostAwake = 512;

/**
 * The actors of a node that are awake: those of the channels that were started last. The others sleep. A sleeping actor is
 * nothing but the channel that it has folded, from which it is started again in a microsecond, without a read of the log.
 */
export class AwakeActors {
  readonly #sha256Hex: Sha256Hex;
  readonly #limit: number;
  /** By who owns the channel, longest awake first. */
  readonly #actors = new Map<object, ChannelActor>();

  constructor(sha256Hex: Sha256Hex, limit = mostAwake) {
    this.#sha256Hex = sha256Hex;
    this.#limit = limit;
  }

  get count(): number {
    return this.#actors.size;
  }

  /** The owner's actor; one that sleeps is woken where `channel` is, and the longest awake of too many sleeps then. */
  wake(owner: object, channel: Channel): ChannelActor {
    const awake = this.#actors.get(owner);
    if (awake !== undefined) return awake;
    const [longest] = this.#actors.size < this.#limit ? [] : this.#actors.keys();
    if (longest !== undefined) this.#actors.delete(longest);
    const actor = startChannelActor(this.#sha256Hex, { snapshot: snapshotOf(channel) });
    this.#actors.set(owner, actor);
    return actor;
  }

  /** What the owner has besides its channel is let go. */
  sleep(owner: object): void {
    this.#actors.delete(owner);
  }
}
