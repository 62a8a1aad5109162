import { transition } from "xstate";
import { channelMachine, stateName, type ChannelSnapshot } from "./channel.machine.ts";
import { LogError } from "./errors.ts";
import type { SequencedEvent } from "./sequenced-event.ts";

/**
 * Folds one stored fact into the state.
 *
 * @throws LogError LOG_DOES_NOT_FOLD when the machine has no such transition: the log is damaged, or was written by
 *   a machine that this one is not compatible with.
 */
export function evolve(snapshot: ChannelSnapshot, event: SequencedEvent): ChannelSnapshot {
  const [next] = transition(channelMachine, snapshot, event);
  if (next.context.eventCount !== snapshot.context.eventCount + 1) {
    throw new LogError("LOG_DOES_NOT_FOLD", event.streamVersion, `${event.type} in ${stateName(snapshot)}`);
  }
  return next;
}
