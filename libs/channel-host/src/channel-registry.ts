import type { Channel, ChannelCommand, SequencedEvent } from "@p4/channel";
import { foundVersions, isStoreError, type Subscription } from "@p4/event-store";
import { AwakeActors } from "./awake-actors.ts";
import { ChannelReplica, type FoldListener } from "./channel-replica.ts";
import { DeadlineTimers } from "./deadline-timers.ts";
import { expireCommand, type ExpiryCause } from "./expire.ts";
import { Follower, type FollowedChannel, type FollowerHost } from "./followed-channel.ts";
import { Mailbox } from "./mailbox.ts";
import type { ActorRuntime } from "./runtime.ts";
import { submitCommand, type SubmitRuntime } from "./submit-command.ts";
import type { SubmitResult } from "./submit-result.ts";

export interface FollowOptions {
  /**
   * The first command will be a join that may open the channel: its log is taken for empty until the answer to that, and
   * read first by all who ask before. Default: the log is read.
   */
  readonly expectNew?: boolean;
}

/** Submits one command to one channel. @throws StoreError, LogError */
export type SubmitOne = (command: ChannelCommand) => Promise<SubmitResult>;

interface Actor {
  /** Followers, those included that still wait for the first read. */
  followers: number;
  readonly replica: ChannelReplica;
  readonly mailbox: Mailbox;
  readonly subscription: Subscription;
  readonly ready: Promise<void>;
  /** Taken for new: neither was its log read, nor has it taken an event as the first one. */
  isUnread: boolean;
}

const maxReconcileTries = 3;
const retryAfterMs = 500;

/** The channel actors of one node: rehydrated on demand, one mailbox each, passivated without followers. */
export class ChannelRegistry {
  readonly #runtime: SubmitRuntime;
  readonly #actors = new Map<string, Actor>();
  readonly #awake: AwakeActors;
  readonly #reconnects: Subscription;
  /** One command to a live channel, in its turn. A bound member, as `#host` is called for each message. */
  readonly #submitTo = async (actor: Actor, command: ChannelCommand): Promise<SubmitResult> => {
    const { replica, mailbox } = actor;
    const turn = mailbox.takeTurn();
    if (turn !== null) await turn;
    try {
      if (this.#stale.size > 0) await this.#ensureFresh(replica);
      if (actor.isUnread && !mayOpen(command)) await this.#readFirst(actor);
      if (this.#runtime.alwaysReplay) await replica.replay();
      const result = await submitCommand(command, replica, this.#runtime);
      // The log took it as the first event, or a conflict has made the replica read.
      actor.isUnread = false;
      return result;
    } finally {
      mailbox.endTurn();
    }
  };
  readonly #host: FollowerHost<Actor> = { submitTo: this.#submitTo, unfollow: (actor) => this.#unfollow(actor) };
  /** Goes on where the last comparison has ended; it sees channels that come and go meanwhile. */
  #round = this.#actors.keys();
  /** What is left of this round: channels that come all the time must not keep it from its end. */
  #leftInRound = 0;
  /** The stale set: channels that may lack what was stored during the last loss of the broker. */
  #stale = new Set<string>();
  #reconciled: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(runtime: ActorRuntime) {
    this.#runtime = { ...runtime, timers: new DeadlineTimers(runtime) };
    this.#awake = new AwakeActors(runtime.sha256Hex, runtime.mostAwake);
    this.#reconnects = runtime.feed.onReconnect(() => void this.#reconcileAfterLoss());
  }

  /** Channels that this node keeps live. */
  get size(): number {
    return this.#actors.size;
  }

  /** Whether this node keeps the channel live, or begins to: then another follower costs no load. */
  isLive(channelId: string): boolean {
    return this.#actors.has(channelId);
  }

  /** A channel that is live here and of which nothing is known to be missing; null: its state has to be waited for, or read. */
  peek(channelId: string): Channel | null {
    const actor = this.#actors.get(channelId);
    if (actor === undefined || this.#stale.has(channelId) || actor.replica.isBehind) return null;
    const { channel } = actor.replica;
    return channel.streamVersion === 0 ? null : channel;
  }

  /** Channels that this node keeps live and whose actors sleep. */
  get asleep(): number {
    return this.#actors.size - this.#awake.count;
  }

  /** About what they all take of this node's memory. */
  get heldBytes(): number {
    let bytes = 0;
    for (const { replica } of this.#actors.values()) bytes += replica.heldBytes;
    return bytes;
  }

  /**
   * Keeps the channel live; `listener` hears every event that is folded after this promise has resolved.
   *
   * @throws StoreError, LogError
   */
  async follow(
    channelId: string,
    listener: FoldListener,
    { expectNew = false }: FollowOptions = {},
  ): Promise<FollowedChannel> {
    const actor = this.#actors.get(channelId) ?? this.#start(channelId, expectNew);
    actor.followers++;
    try {
      if (!expectNew) await this.#upToDate(actor);
    } catch (error) {
      this.#unfollow(actor);
      throw error;
    }
    actor.replica.addListener(listener);
    return new Follower(actor, listener, this.#host);
  }

  /** One command to a channel that this node need not keep live. */
  submit(channelId: string, command: ChannelCommand): Promise<SubmitResult> {
    return this.begin(channelId)(command);
  }

  /**
   * Begins to read a channel for one command, which may still have to be made: what it is submitted by. What comes to the log in
   * between makes the append conflict, as always.
   */
  begin(channelId: string): SubmitOne {
    const early = this.#actors.has(channelId) ? null : new ChannelReplica(channelId, this.#runtime);
    const reading = early?.catchUp();
    // The command may never come; where it does, it meets the failure.
    reading?.catch(() => undefined);
    return async (command) => {
      const live = this.#actors.get(channelId);
      if (live !== undefined) {
        await live.ready;
        return this.#submitTo(live, command);
      }
      const replica = early ?? new ChannelReplica(channelId, this.#runtime);
      await (reading ?? replica.catchUp());
      return submitCommand(command, replica, this.#runtime);
    };
  }

  /**
   * Ends the channel if its own deadline has passed. Stored: this call has ended it; otherwise it had ended already, or
   * its deadline was moved.
   *
   * @throws StoreError, LogError
   */
  expire(channelId: string, cause: ExpiryCause, nowMs: number): Promise<SubmitResult> {
    return this.submit(channelId, expireCommand(nowMs, cause));
  }

  /** The channel as the log has it. An unknown channel comes back unopened. */
  async read(channelId: string): Promise<Channel> {
    const live = this.#actors.get(channelId);
    if (live !== undefined) {
      await this.#upToDate(live);
      return live.replica.channel;
    }
    const replica = new ChannelReplica(channelId, this.#runtime);
    await replica.catchUp();
    return replica.channel;
  }

  /**
   * One event as the log has it: what a channel keeps in memory is without the texts that are not pending.
   *
   * @throws StoreError, STORE_DAMAGED when the log has no such event; LogError.
   */
  readEvent(channelId: string, streamVersion: number): Promise<SequencedEvent> {
    return new ChannelReplica(channelId, this.#runtime).read(streamVersion);
  }

  /**
   * Compares up to `limit` live channels with the log and fetches what was missed; the next call goes on with those
   * behind them, so that all have their turn.
   *
   * @throws StoreError after some tries; each one's error was given to `onFault`.
   */
  async reconcileNext(limit: number): Promise<void> {
    const channelIds = this.#nextOfRound(limit);
    await this.#reconcile(() => channelIds);
  }

  #nextOfRound(limit: number): string[] {
    if (this.#leftInRound === 0) this.#beginRound();
    const channelIds: string[] = [];
    while (channelIds.length < limit && this.#leftInRound > 0) {
      const { value, done } = this.#round.next();
      if (done !== true) {
        channelIds.push(value);
        this.#leftInRound--;
      } else if (channelIds.length === 0) {
        // The rest of the round has gone meanwhile: no turn is wasted on that.
        this.#beginRound();
      } else {
        this.#leftInRound = 0;
      }
    }
    return channelIds;
  }

  #beginRound(): void {
    this.#round = this.#actors.keys();
    this.#leftInRound = this.#actors.size;
  }

  async #reconcile(channelIds: () => Iterable<string>): Promise<void> {
    for (let tries = 1; !this.#closed; tries++) {
      try {
        return await this.#compare([...channelIds()]);
      } catch (error) {
        this.#runtime.onFault("*", error);
        // An answered part shows that the broker is there: the rest stay stale, and each compares itself when used.
        const mayPass = isStoreError(error) && error.retryable && foundVersions(error).size === 0;
        if (tries === maxReconcileTries || !mayPass) throw error;
        await this.#runtime.delay(retryAfterMs);
      }
    }
  }

  /** Reconciles what can be, also when a part of the log does not answer. */
  async #compare(channelIds: readonly string[]): Promise<void> {
    // After another loss meanwhile this comparison says nothing: the new set stays as it is.
    const stale = this.#stale;
    const catchUp = async (channelId: string, version = 0): Promise<void> => {
      await this.#catchUpTo(channelId, version);
      stale.delete(channelId);
    };
    try {
      const versions = await this.#runtime.log.streamVersions(channelIds);
      await Promise.all(channelIds.map((channelId) => catchUp(channelId, versions.get(channelId))));
    } catch (error) {
      await Promise.all([...foundVersions(error)].map(([channelId, version]) => catchUp(channelId, version)));
      throw error;
    }
  }

  close(): void {
    this.#closed = true;
    this.#reconnects.unsubscribe();
    this.#runtime.timers.close();
    for (const actor of this.#actors.values()) this.#passivate(actor);
  }

  /** Never serves state older than the last reconnect. Fails like a command while the channel cannot be read. */
  async #upToDate(actor: Actor): Promise<void> {
    await actor.ready;
    if (actor.isUnread) await this.#readFirst(actor);
    await this.#ensureFresh(actor.replica);
  }

  /** A channel that could not be compared with the rest compares itself: one dead shard must not stop the others. */
  async #ensureFresh(replica: ChannelReplica): Promise<void> {
    const stale = this.#stale;
    if (!stale.has(replica.channelId)) return;
    try {
      await this.#reconciled;
    } catch {
      if (!stale.has(replica.channelId)) return;
      await replica.compare();
      stale.delete(replica.channelId);
    }
  }

  /** Commands wait for the comparison, for a bounded time. */
  async #reconcileAfterLoss(): Promise<void> {
    this.#stale = new Set(this.#actors.keys());
    while (!this.#closed) {
      this.#reconciled = this.#reconcile(() => this.#stale);
      try {
        return await this.#reconciled;
      } catch {
        await this.#runtime.delay(retryAfterMs);
      }
    }
  }

  async #catchUpTo(channelId: string, version: number): Promise<void> {
    try {
      await this.#actors.get(channelId)?.replica.reach(version);
    } catch (error) {
      if (isStoreError(error) && error.retryable) throw error;
      // One damaged channel must not hold up the others.
      this.#runtime.onFault(channelId, error);
    }
  }

  async #readFirst(actor: Actor): Promise<void> {
    await this.#runtime.feed.settled();
    await actor.replica.catchUp();
    actor.isUnread = false;
  }

  #start(channelId: string, expectNew: boolean): Actor {
    const replica = new ChannelReplica(channelId, this.#runtime, this.#awake);
    // Listen first, read then: what is stored in between comes by the one way or the other.
    const subscription = this.#runtime.feed.subscribe(channelId, replica.applyLive);
    // An append goes to the broker behind the subscription, on the same connection: it need not wait for that.
    const ready = expectNew ? Promise.resolve() : this.#runtime.feed.settled().then(() => replica.catchUp());
    const actor: Actor = { followers: 0, replica, mailbox: new Mailbox(), subscription, ready, isUnread: expectNew };
    this.#actors.set(channelId, actor);
    // The next follower reads again after a failed read.
    ready.catch(() => this.#passivate(actor));
    return actor;
  }

  #unfollow(actor: Actor): void {
    actor.followers--;
    if (actor.followers === 0) this.#passivate(actor);
  }

  #passivate(actor: Actor): void {
    const { channelId } = actor.replica;
    if (this.#actors.get(channelId) !== actor) return;
    this.#actors.delete(channelId);
    this.#stale.delete(channelId);
    actor.subscription.unsubscribe();
    actor.replica.stop();
  }
}

function mayOpen(command: ChannelCommand): boolean {
  return command.type === "JoinChannel" && command.mayOpen;
}
