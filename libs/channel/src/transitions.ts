import { transition } from "xstate";
import {
  channelMachine,
  stateName,
  type ChannelSnapshot,
  type ChannelStateName,
  type ChannelStateValue,
  type ChannelStep,
} from "./channel.machine.ts";
import type { ChannelEventType } from "./events.ts";

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

function ask(from: ChannelStateValue, type: ChannelEventType): Transition {
  const [whenProven, otherwise] = [target(from, { type, isProven: true }), target(from, { type, isProven: false })];
  return { whenProven: nameOf(whenProven) === nameOf(otherwise) ? otherwise : whenProven, otherwise };
}

const nameOf = (value: ChannelStateValue | null) => (value === null ? null : stateName({ value }));

function target(value: ChannelStateValue, step: ChannelStep): ChannelStateValue | null {
  const snapshot = channelMachine.resolveState({ value });
  // Not `can`: XState takes a transition that changes nothing for none.
  if (channelMachine.getTransitionData(snapshot, step).length === 0) return null;
  return transition(channelMachine, snapshot, step)[0].value;
}
