import { initialTransition, setup, type SnapshotFrom } from "xstate";
import { emptyContext, type ChannelContext } from "./context.ts";
import type { ChannelEventType } from "./events.ts";

/** What the machine is told of a stored fact; what is remembered of it is folded beside the machine (`evolve.ts`). */
export interface ChannelStep {
  readonly type: ChannelEventType;
  /** With this fact each transaction of the accepted payment is proven, or still is. */
  readonly isProven: boolean;
}

/** The fact may come, and leaves the state as it is. */
const stays = {};

/** The merchant's answer to a payment. The proof may overtake it: miners are sometimes quicker than wallets. */
const verdicts = {
  PaymentAccepted: [{ guard: "isProven", target: "settled" }, { target: "awaitingProof" }],
  PaymentRefused: "awaitingPayment",
  PaymentFailed: "awaitingPayment",
} as const;

/** What miners say of the channel's transactions belongs to its record in every state, also after the end. */
const minersNews = {
  ProofRecorded: stays,
  DoubleSpendReported: stays,
  TransactionRejected: stays,
  ProofRevoked: stays,
} as const;

/**
 * The channel's life: states, and which stored fact may come next. It has no memory and no timers: those are folded from
 * the same facts (a rehydrated actor loses XState's delayed transitions, so the deadline is data). What runs is
 * `channelLogic`, whose transition is the fold; it asks this machine through `transitionFrom`, which remembers its answers.
 */
export const channelMachine = setup({
  types: { events: {} as ChannelStep },
  guards: { isProven: ({ event }) => event.isProven },
}).createMachine({
  id: "channel",
  initial: "unopened",
  states: {
    unopened: {
      on: { ChannelOpened: "open" },
    },
    open: {
      initial: "awaitingTermsRequest",
      on: {
        ...minersNews,
        ParticipantJoined: stays,
        DeadlineExtended: stays,
        ChannelExpired: "expired",
        ChannelClosed: "closed",
      },
      states: {
        awaitingTermsRequest: {
          on: {
            TermsRequested: "awaitingTerms",
            TermsOffered: "awaitingPayment",
            PaymentSubmitted: "awaitingAck",
          },
        },
        awaitingTerms: {
          on: {
            TermsRequested: stays,
            TermsOffered: "awaitingPayment",
            TermsRefused: "awaitingTermsRequest",
            PaymentSubmitted: "awaitingAck",
          },
        },
        awaitingPayment: {
          on: {
            TermsRequested: "awaitingTerms",
            TermsOffered: stays,
            TermsRefused: "awaitingTermsRequest",
            PaymentSubmitted: "awaitingAck",
          },
        },
        awaitingAck: {
          on: { ...verdicts, AckGraceStarted: "awaitingLateAck" },
        },
        /** The deadline has passed; the payment was sent in time, and its acknowledgement may still come. */
        awaitingLateAck: {
          on: { ...verdicts, DeadlineExtended: "awaitingAck" },
        },
        awaitingProof: {
          on: { ProofRecorded: [{ guard: "isProven", target: "settled" }, stays] },
        },
        settled: {
          on: { ProofRevoked: [{ guard: "isProven" }, { target: "awaitingProof" }] },
        },
      },
    },
    expired: { on: minersNews },
    closed: { on: minersNews },
  },
});

/** A state of the machine, in XState's own writing. */
export type ChannelStateValue = SnapshotFrom<typeof channelMachine>["value"];

/** Where a channel is and what it remembers. */
export interface ChannelSnapshot {
  readonly value: ChannelStateValue;
  readonly context: ChannelContext;
}

type OpenState = Extract<ChannelStateValue, object>["open"];

/** What the channel waits for: the innermost state's name. */
export type ChannelStateName = Extract<ChannelStateValue, string> | OpenState;

/** All of them, in the machine's order. */
export const channelStates = Object.values(channelMachine.states).flatMap(({ key, states }) => {
  const inner = Object.keys(states);
  return inner.length === 0 ? [key] : inner;
}) as readonly ChannelStateName[];

/** Each channel begins with the same one: it is never changed, only replaced. */
const initialSnapshot: ChannelSnapshot = { value: initialTransition(channelMachine)[0].value, context: emptyContext };

export function initialState(): ChannelSnapshot {
  return initialSnapshot;
}

export function stateName({ value }: Pick<ChannelSnapshot, "value">): ChannelStateName {
  return typeof value === "string" ? value : value.open;
}

export function isEnded(snapshot: ChannelSnapshot): boolean {
  const name = stateName(snapshot);
  return name === "expired" || name === "closed";
}

/** When the channel ends unless it is extended: at its deadline, or when the time for a late acknowledgement is over. */
export function endsAtMs(snapshot: ChannelSnapshot): number {
  const { expiresAtMs, graceUntilMs } = snapshot.context;
  return stateName(snapshot) === "awaitingLateAck" ? (graceUntilMs ?? expiresAtMs) : expiresAtMs;
}
