import { createActor, type ActorLogic, type ActorOptions, type ActorRefFrom, type Snapshot } from "xstate";
import { foldSealed, foldStored, newChannel, type Channel, type SealedEvent } from "./channel-fold.ts";
import type { Sha256Hex } from "./event-codec.ts";
import type { SequencedEvent } from "./sequenced-event.ts";

/** One fact for the channel: as the log stores it, or as this node sealed it, now that the log has taken it. */
export type FoldStep =
  | { readonly type: "stored"; readonly text: string; readonly streamVersion: number }
  | { readonly type: "sealed"; readonly sealed: SealedEvent; readonly streamVersion: number };

export type ChannelActorSnapshot = Snapshot<undefined> & {
  readonly channel: Channel;
  /** What was folded last. */
  readonly event: SequencedEvent | null;
  /** Why the last step was not folded: a LogError. The channel is as it was before. */
  readonly fault: Error | null;
};

export type ChannelLogic = ActorLogic<ChannelActorSnapshot, FoldStep>;
export type ChannelActor = ActorRefFrom<ChannelLogic>;

const active = { status: "active", output: undefined, error: undefined } as const;

/** Of an actor that has folded this: all that another one needs to go on. */
export function snapshotOf(channel: Channel): ChannelActorSnapshot {
  return { ...active, channel, event: null, fault: null };
}

/**
 * Starts a channel's actor: empty, or from the persisted snapshot of another one, which is also how a log that is replayed
 * up to some point goes on. `inspect` is XState's.
 */
export function startChannelActor(
  sha256Hex: Sha256Hex,
  options: Pick<ActorOptions<ChannelLogic>, "snapshot" | "inspect"> = {},
): ChannelActor {
  let logic = logics.get(sha256Hex);
  if (logic === undefined) logics.set(sha256Hex, (logic = channelLogic(sha256Hex)));
  return createActor(logic, options).start();
}

/** All channels of a process have the same. */
const logics = new WeakMap<Sha256Hex, ChannelLogic>();

/**
 * A channel as an XState actor: its transition is the fold, so its state is nothing but its log. It sends nothing and
 * keeps no timers; whatever is asked of a channel is decided (`decide`) and stored before its actor hears of it.
 */
export function channelLogic(sha256Hex: Sha256Hex): ChannelLogic {
  return {
    transition(snapshot, step) {
      const { channel } = snapshot;
      try {
        const folded =
          step.type === "stored"
            ? foldStored(channel, step.text, step.streamVersion, sha256Hex)
            : foldSealed(channel, step.sealed, step.streamVersion, sha256Hex);
        return { ...active, ...folded, fault: null };
      } catch (fault) {
        // Thrown here it would end the actor, and with it the process: the host tells, and the channel stays readable.
        return { ...active, channel, event: null, fault: fault as Error };
      }
    },
    getInitialSnapshot: () => snapshotOf(newChannel()),
    getPersistedSnapshot: (snapshot) => snapshot,
    restoreSnapshot: (snapshot) => snapshot as ChannelActorSnapshot,
  };
}
