import { transition } from "xstate";
import {
  channelMachine,
  stateName,
  type ChannelSnapshot,
  type ChannelStateName,
  type ChannelStateValue,
} from "./channel.machine.ts";
import { emptyContext } from "./context.ts";
import type { ChannelEventType } from "./events.ts";
import type { SequencedEvent } from "./sequenced-event.ts";

/** Where an event of one kind leads from one state. Null: it may not come there. */
export interface Transition {
  /** When the machine's one guard says that the payment is proven. The same value as `otherwise` where it is not asked. */
  readonly whenProven: ChannelStateValue | null;
  readonly otherwise: ChannelStateValue | null;
}

/**
 * XState's answers. They hang on the state, the event's type and the guard alone, so each is asked for once in a process'
 * life; a transition costs a look-up instead of an interpreter's run.
 */
const remembered = new Map<ChannelStateName, Map<ChannelEventType, Transition>>();

export function transitionFrom(snapshot: ChannelSnapshot, type: ChannelEventType): Transition {
  const state = stateName(snapshot);
  let answers = remembered.get(state);
  if (answers === undefined) remembered.set(state, (answers = new Map<ChannelEventType, Transition>()));
  let answer = answers.get(type);
  if (answer === undefined) answers.set(type, (answer = ask(snapshot.value, type)));
  return answer;
}

/** The machine with its guard's answer given, and nothing recorded. */
const machineWhere = (isProven: boolean) =>
  channelMachine.provide({ guards: { isProven: () => isProven }, actions: { record: () => undefined } });

const [provenMachine, unprovenMachine] = [machineWhere(true), machineWhere(false)];

function ask(from: ChannelStateValue, type: ChannelEventType): Transition {
  const [whenProven, otherwise] = [target(provenMachine, from, type), target(unprovenMachine, from, type)];
  return { whenProven: nameOf(whenProven) === nameOf(otherwise) ? otherwise : whenProven, otherwise };
}

const nameOf = (value: ChannelStateValue | null) => (value === null ? null : stateName({ value }));

function target(
  machine: typeof channelMachine,
  value: ChannelStateValue,
  type: ChannelEventType,
): ChannelStateValue | null {
  const snapshot = machine.resolveState({ value, context: emptyContext });
  // Without the guard and the action, the type is all that the machine looks at.
  const event = { type } as SequencedEvent;
  return snapshot.can(event) ? transition(machine, snapshot, event)[0].value : null;
}
