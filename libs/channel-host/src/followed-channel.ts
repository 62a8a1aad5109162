import type { Channel, ChannelCommand, RememberedEvent, SequencedEvent, WalletEventType } from "@p4/channel";
import type { ChannelReplica, FoldListener } from "./channel-replica.ts";
import { expireIfOverdue } from "./expire.ts";
import { recall } from "./recall.ts";
import type { SubmitResult } from "./submit-result.ts";

/** A channel that this node keeps live while it has followers. */
export interface FollowedChannel {
  readonly channelId: string;
  /** The state right now. */
  readonly channel: Channel;
  /** About what it takes of this node's memory. */
  readonly heldBytes: number;
  submit(command: ChannelCommand): Promise<SubmitResult>;
  /**
   * Ends the channel if its deadline passed more than `graceMs` ago; 0. Idempotent: the log takes one expiry.
   *
   * @throws StoreError, LogError
   */
  expireIfOverdue(nowMs: number, graceMs?: number): Promise<void>;
  /**
   * A message of the channel with its text, which only the log has of old ones.
   *
   * @throws StoreError, LogError
   */
  recall<Type extends WalletEventType>(event: RememberedEvent<Type>): Promise<SequencedEvent<Type>>;
  /** Ends this listener's interest; the last one passivates the actor. */
  release(): void;
}

/** What a follower asks of the registry. `Actor`: one channel's, as the registry keeps it. */
export interface FollowerHost<Actor> {
  readonly submitTo: (actor: Actor, command: ChannelCommand) => Promise<SubmitResult>;
  readonly unfollow: (actor: Actor) => void;
}

/** One listener's interest in a channel. A class, since a node has very many: closures would take several times its memory. */
export class Follower<Actor extends { readonly replica: ChannelReplica }> implements FollowedChannel {
  readonly #actor: Actor;
  readonly #listener: FoldListener;
  readonly #host: FollowerHost<Actor>;
  #released = false;

  constructor(actor: Actor, listener: FoldListener, host: FollowerHost<Actor>) {
    this.#actor = actor;
    this.#listener = listener;
    this.#host = host;
  }

  get channelId(): string {
    return this.#actor.replica.channelId;
  }

  get channel(): Channel {
    return this.#actor.replica.channel;
  }

  get heldBytes(): number {
    return this.#actor.replica.heldBytes;
  }

  submit(command: ChannelCommand): Promise<SubmitResult> {
    return this.#host.submitTo(this.#actor, command);
  }

  async expireIfOverdue(nowMs: number, graceMs?: number): Promise<void> {
    const command = expireIfOverdue(this.channel, nowMs, graceMs);
    if (command !== null) await this.submit(command);
  }

  recall<Type extends WalletEventType>(event: RememberedEvent<Type>): Promise<SequencedEvent<Type>> {
    return recall(event, this.#actor.replica);
  }

  release(): void {
    if (this.#released) return;
    this.#released = true;
    this.#actor.replica.removeListener(this.#listener);
    this.#host.unfollow(this.#actor);
  }
}
