import type { Channel, CopyClass, decide, SequencedEvent, Sha256Hex } from "@p4/channel";
import type { DeadlineStore, EventLog, LiveFeed } from "@p4/event-store";

/** Everything that an actor needs of the world. */
export interface ActorRuntime {
  readonly log: EventLog;
  readonly feed: LiveFeed;
  readonly deadlines: DeadlineStore;
  /** Asks a node whether one of its connections still lives. */
  readonly isConnectionAlive: (nodeId: string, connectionId: string) => Promise<boolean>;
  readonly nowMs: () => number;
  /** Why this node must not say that a deadline has passed; null when it may. Without it a node always may. */
  readonly clockTrouble?: () => string | null;
  /** What is promised, when a whole site is lost, of an event that is stored now: it is stamped on it. Null: there is one site. */
  readonly copyClass?: () => CopyClass | null;
  readonly newId: () => string;
  readonly sha256Hex: Sha256Hex;
  /** Resolves after `ms`; the wait between two tries. */
  readonly delay: (ms: number) => Promise<void>;
  /** A fault that no caller waits for, such as a live event that does not fold. */
  readonly onFault: (channelId: string, error: unknown) => void;
  /** This node has stored an event: for metrics and logs. Once for each, with the channel behind it. */
  readonly onStored?: (event: SequencedEvent, channel: Channel, channelId: string) => void;
  /** The core's own, with something around it: for traces. */
  readonly decide?: typeof decide;
  /** Channel actors that are awake at the same time; default 512. The others are woken by their next event. */
  readonly mostAwake?: number;
  /** Rebuild the actor from the log before every command: proves that nothing lives in memory alone. */
  readonly alwaysReplay: boolean;
}
