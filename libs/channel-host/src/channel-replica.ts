import {
  heldBytes,
  newChannel,
  readStored,
  sequence,
  startChannelActor,
  type Channel,
  type ChannelActor,
  type FoldStep,
  type FoldedEvent,
  type SealedEvent,
  type SequencedEvent,
} from "@p4/channel";
import { isStoreError, readInPortions, StoreError, type LiveEvent, type StoredEvent } from "@p4/event-store";
import { AwakeActors } from "./awake-actors.ts";
import type { ActorRuntime } from "./runtime.ts";

/** An event of ours that is being appended on top of `base`. */
export interface OwnEvent {
  readonly base: Channel;
  readonly sealed: SealedEvent;
  /** The sealed text's, as they were handed to the log. */
  readonly bytes: Uint8Array;
}

export type FoldListener = (event: SequencedEvent, channel: Channel) => void;

/**
 * One channel's actor on this node, brought up from the log and kept up with the live feed. Each event is sent to it
 * once, in the log's order, wherever it came from; the listeners hear it then. Between two events it may sleep.
 */
export class ChannelReplica {
  readonly channelId: string;
  readonly #runtime: ActorRuntime;
  #awake: AwakeActors;
  /** Replaced, never changed. Most channels have two: a set, or a list with room to grow, would take several times as much. */
  #listeners: readonly FoldListener[] = [];
  /** What the actor has folded. */
  #channel: Channel = newChannel();
  #held: { readonly of: Channel; readonly bytes: number } | null = null;
  /** The live feed may show it before the log has acknowledged it. */
  #own: OwnEvent | null = null;
  /** `#own`, once it was folded. */
  #ownFolded: SequencedEvent | null = null;
  /** The newest version known to exist. */
  #announced = 0;
  #catchingUp: Promise<void> | null = null;
  #repairing = false;
  #stopped = false;

  /** @param awake those of the node; a replica that nobody follows brings its own, to be forgotten with it */
  constructor(channelId: string, runtime: ActorRuntime, awake = new AwakeActors(runtime.sha256Hex)) {
    this.channelId = channelId;
    this.#runtime = runtime;
    this.#awake = awake;
  }

  get channel(): Channel {
    return this.#channel;
  }

  /** It reads, or has to. */
  get isBehind(): boolean {
    return this.#catchingUp !== null || this.#announced > this.channel.streamVersion;
  }

  /** About what the channel takes of this node's memory. */
  get heldBytes(): number {
    const { channel } = this;
    if (this.#held?.of !== channel) this.#held = { of: channel, bytes: heldBytes(channel.snapshot.context) };
    return this.#held.bytes;
  }

  addListener(listener: FoldListener): void {
    this.#listeners = this.#listeners.concat(listener);
  }

  removeListener(listener: FoldListener): void {
    this.#listeners = this.#listeners.filter((each) => each !== listener);
  }

  /** Reads what the log has and this replica has not. Shared by all who ask at the same time. */
  catchUp(): Promise<void> {
    this.#catchingUp ??= this.#readOn().finally(() => {
      this.#catchingUp = null;
    });
    return this.#catchingUp;
  }

  /** Replaces the actor by another one that is brought up from the log, unheard by the listeners. */
  async replay(): Promise<void> {
    await this.#catchingUp;
    const upTo = this.channel.streamVersion;
    const actor = startChannelActor(this.#runtime.sha256Hex);
    for await (const stored of readInPortions(this.#runtime.log, this.channelId)) {
      for (const event of stored) if (event.streamVersion <= upTo) fold(actor, storedStep(event));
    }
    // A live event may have been folded while the log was read: the newer state stands.
    const snapshot = actor.getSnapshot();
    if (this.channel.streamVersion !== snapshot.channel.streamVersion) return;
    this.#channel = snapshot.channel;
    this.#awake.sleep(this);
  }

  /** To be told before an append begins, and with null when it has ended. One at a time. */
  appending(own: OwnEvent | null): void {
    this.#own = own;
    this.#ownFolded = null;
  }

  /** Our own event, which the log has just taken. */
  applyAppended(own: OwnEvent, streamVersion: number): SequencedEvent {
    if (this.channel === own.base) return this.#takeOwn(own, streamVersion);
    if (this.#ownFolded?.streamVersion === streamVersion) return this.#ownFolded;
    this.#announce(streamVersion);
    const { sealed } = own;
    return sequence(sealed.event, sealed.text, streamVersion);
  }

  /**
   * An event of ours that the log had already, from an earlier try or from another node with the same id. Its bytes may
   * differ from those that we have now (the time, for one), and the chain is made of what is stored.
   */
  async applyDuplicate(streamVersion: number): Promise<SequencedEvent> {
    await this.reach(streamVersion);
    return this.read(streamVersion);
  }

  /**
   * One event as the log has it: what is forgotten here is whole there.
   *
   * @throws StoreError, STORE_DAMAGED when the log has no such event; LogError.
   */
  async read(streamVersion: number): Promise<SequencedEvent> {
    // A replica of the log that lags would not have a new one yet.
    const options = { afterVersion: streamVersion - 1, maxEvents: 1, consistent: true };
    const [found] = await this.#runtime.log.readStream(this.channelId, options);
    if (found?.streamVersion !== streamVersion) {
      throw new StoreError("STORE_DAMAGED", `${this.channelId} at ${String(streamVersion)}`);
    }
    return readStored(decoder.decode(found.bytes), streamVersion);
  }

  /** What the live feed tells. A bound member: the feed calls it, with nothing in between. */
  readonly applyLive = (event: LiveEvent): void => {
    const { channel } = this;
    const { streamVersion } = event;
    if (streamVersion <= channel.streamVersion) return;
    if (event.previousStreamVersion !== channel.streamVersion) return this.#announce(streamVersion);
    // What this node has appended itself needs no decoding: its bytes tell.
    const own = this.#own;
    try {
      if (own?.base === channel && isSame(own.bytes, event.bytes)) this.#takeOwn(own, streamVersion);
      else this.#take(storedStep(event));
    } catch (error) {
      this.#runtime.onFault(this.channelId, error);
    }
  };

  /**
   * The log is known to have this version: resolves when this replica has it too.
   *
   * @throws StoreError STORE_UNAVAILABLE when the log does not show it yet; whatever `catchUp` throws.
   */
  async reach(streamVersion: number): Promise<void> {
    if (streamVersion > this.#announced) this.#announced = streamVersion;
    // The first read may have been under way already, and too early; the second one starts after the announcement.
    for (let reads = 0; this.channel.streamVersion < streamVersion; reads++) {
      if (reads === 2)
        throw new StoreError("STORE_UNAVAILABLE", `${this.channelId} has ${streamVersion}, not read yet`);
      await this.catchUp();
    }
  }

  /**
   * Compares itself with the log.
   *
   * @throws as `reach`, also when the log does not show a version that it was told of before.
   */
  async compare(): Promise<void> {
    await this.catchUp();
    await this.reach(this.#announced);
  }

  /** Without followers, it sleeps and stops repairing gaps. */
  stop(): void {
    this.#stopped = true;
    this.#awake.sleep(this);
    // What was under way may still be folded, and must not keep it among the node's.
    this.#awake = new AwakeActors(this.#runtime.sha256Hex);
  }

  #announce(streamVersion: number): void {
    if (streamVersion > this.#announced) this.#announced = streamVersion;
    if (!this.#repairing) void this.#repair();
  }

  /** Tries until the gap is closed: perhaps no later event will reveal it again. */
  async #repair(): Promise<void> {
    this.#repairing = true;
    for (let waitMs = 50; !this.#stopped && this.#announced > this.channel.streamVersion; waitMs *= 2) {
      try {
        await this.reach(this.#announced);
      } catch (error) {
        this.#runtime.onFault(this.channelId, error);
        if (!isStoreError(error) || !error.retryable) break;
        await this.#runtime.delay(Math.min(waitMs, 2_000));
      }
    }
    this.#repairing = false;
  }

  async #readOn(): Promise<void> {
    const maxTries = 5;
    for (let tries = 1; ; tries++) {
      await this.#readOnce();
      if (this.#announced <= this.channel.streamVersion || tries === maxTries) return;
      // A direct get may be answered by a replica that lags behind the leader that announced the event.
      await this.#runtime.delay(20 * tries);
    }
  }

  async #readOnce(): Promise<void> {
    const { streamVersion: afterVersion } = this.channel;
    for await (const stored of readInPortions(this.#runtime.log, this.channelId, { afterVersion })) {
      for (const event of stored) {
        if (event.streamVersion > this.channel.streamVersion) this.#take(storedStep(event));
      }
    }
  }

  #takeOwn({ sealed }: OwnEvent, streamVersion: number): SequencedEvent {
    return this.#take({ type: "sealed", sealed, streamVersion });
  }

  /** Folds, and tells the listeners. @throws LogError */
  #take(step: FoldStep): SequencedEvent {
    const { event, channel } = fold(this.#awake.wake(this, this.#channel), step);
    this.#channel = channel;
    // Ahead of the listeners: the append's answer may find it folded, whatever becomes of them.
    if (step.type === "sealed") this.#ownFolded = event;
    const listeners = this.#listeners;
    for (const listener of listeners) {
      // An earlier one may have let another go.
      if (listeners !== this.#listeners && !this.#listeners.includes(listener)) continue;
      try {
        listener(event, channel);
      } catch (error) {
        this.#runtime.onFault(this.channelId, error);
      }
    }
    return event;
  }
}

/** @throws LogError when the step does not fold; the actor is as it was. */
function fold(actor: ChannelActor, step: FoldStep): FoldedEvent {
  actor.send(step);
  const { event, channel, fault } = actor.getSnapshot();
  if (event === null) throw fault ?? new Error("the actor is stopped");
  return { event, channel };
}

function storedStep({ bytes, streamVersion }: Pick<StoredEvent, "bytes" | "streamVersion">): FoldStep {
  return { type: "stored", text: decoder.decode(bytes), streamVersion };
}

const decoder = new TextDecoder("utf-8", { fatal: true });

function isSame(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) return false;
  return true;
}
