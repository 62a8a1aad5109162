import { applyEvent } from "./apply-event.ts";
import { stateName, type ChannelSnapshot } from "./channel.machine.ts";
import { LogError } from "./errors.ts";
import { isProven } from "./proven.ts";
import type { SequencedEvent } from "./sequenced-event.ts";
import { transitionFrom } from "./transitions.ts";

/**
 * Folds one stored fact into the state.
 *
 * @throws LogError LOG_DOES_NOT_FOLD when the machine has no such transition: the log is damaged, or was written by
 *   a machine that this one is not compatible with.
 */
export function evolve(snapshot: ChannelSnapshot, event: SequencedEvent): ChannelSnapshot {
  const { whenProven, otherwise } = transitionFrom(snapshot, event.type);
  const context = applyEvent(snapshot.context, event);
  const value = whenProven !== otherwise && isProven(context) ? whenProven : otherwise;
  if (value === null) {
    throw new LogError("LOG_DOES_NOT_FOLD", event.streamVersion, `${event.type} in ${stateName(snapshot)}`);
  }
  return { value, context };
}
