import {
  foldSealed,
  foldStored,
  newChannel,
  type Channel,
  type FoldedEvent,
  type SealedEvent,
  type SequencedEvent,
} from "@p4/channel";
import type { LiveEvent, StoredEvent } from "@p4/event-store";
import type { ActorRuntime } from "./runtime.ts";

export type FoldListener = (event: SequencedEvent, channel: Channel) => void;

/**
 * One channel's state, folded from its log and kept up with the live feed. Each event is folded once, in the log's
 * order, wherever it came from; the listeners hear it then.
 */
export class ChannelReplica {
  readonly channelId: string;
  readonly #runtime: ActorRuntime;
  readonly #listeners = new Set<FoldListener>();
  #channel: Channel = newChannel();
  /** The newest version that anybody has told us of. */
  #announced = 0;
  #catchingUp: Promise<void> | null = null;

  constructor(channelId: string, runtime: ActorRuntime) {
    this.channelId = channelId;
    this.#runtime = runtime;
  }

  get channel(): Channel {
    return this.#channel;
  }

  addListener(listener: FoldListener): void {
    this.#listeners.add(listener);
  }

  removeListener(listener: FoldListener): void {
    this.#listeners.delete(listener);
  }

  /** Reads what the log has and this replica has not. Shared by all who ask at the same time. */
  catchUp(): Promise<void> {
    this.#catchingUp ??= this.#readOn().finally(() => {
      this.#catchingUp = null;
    });
    return this.#catchingUp;
  }

  /** Throws the state away and builds it anew from the log, unheard by the listeners. */
  async replay(): Promise<void> {
    await this.#catchingUp;
    const upTo = this.#channel.streamVersion;
    const stored = await this.#runtime.log.readStream(this.channelId);
    let channel = newChannel();
    for (const event of stored) {
      if (event.streamVersion <= upTo) channel = this.#foldStored(channel, event).channel;
    }
    // A live event may have been folded while the log was read: the newer state stands.
    if (this.#channel.streamVersion === channel.streamVersion) this.#channel = channel;
  }

  /** Our own event, which the log has just taken on top of `base`. */
  applyAppended(base: Channel, sealed: SealedEvent, streamVersion: number): SequencedEvent {
    if (this.#channel === base) {
      const folded = foldSealed(base, sealed, streamVersion, this.#runtime.sha256Hex);
      this.#accept(folded);
      return folded.event;
    }
    this.#announce(streamVersion);
    return { ...sealed.event, streamVersion };
  }

  applyLive(event: LiveEvent): void {
    if (event.streamVersion <= this.#channel.streamVersion) return;
    if (event.previousStreamVersion !== this.#channel.streamVersion) {
      this.#announce(event.streamVersion);
      return;
    }
    this.#guarded(() => this.#accept(this.#foldStored(this.#channel, event)));
  }

  /** Somebody says that the log has this version: resolves when this replica has it too. */
  async reach(streamVersion: number): Promise<void> {
    if (streamVersion > this.#announced) this.#announced = streamVersion;
    if (this.#announced > this.#channel.streamVersion) await this.catchUp();
  }

  #announce(streamVersion: number): void {
    this.reach(streamVersion).catch((error: unknown) => this.#runtime.onFault(this.channelId, error));
  }

  async #readOn(): Promise<void> {
    const maxTries = 5;
    for (let tries = 1; ; tries++) {
      await this.#readOnce();
      if (this.#announced <= this.#channel.streamVersion || tries === maxTries) return;
      // A direct get may be answered by a replica that lags behind the leader that announced the event.
      await this.#runtime.delay(20 * tries);
    }
  }

  async #readOnce(): Promise<void> {
    const stored = await this.#runtime.log.readStream(this.channelId, { afterVersion: this.#channel.streamVersion });
    for (const event of stored) {
      if (event.streamVersion > this.#channel.streamVersion) this.#accept(this.#foldStored(this.#channel, event));
    }
  }

  #foldStored(channel: Channel, event: StoredEvent): FoldedEvent {
    return foldStored(channel, decoder.decode(event.bytes), event.streamVersion, this.#runtime.sha256Hex);
  }

  #accept(folded: FoldedEvent): void {
    this.#channel = folded.channel;
    for (const listener of this.#listeners) this.#guarded(() => listener(folded.event, folded.channel));
  }

  #guarded(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.#runtime.onFault(this.channelId, error);
    }
  }
}

const decoder = new TextDecoder("utf-8", { fatal: true });
