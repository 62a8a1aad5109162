import { assign, initialTransition, setup, type SnapshotFrom } from "xstate";
import { applyEvent } from "./apply-event.ts";
import { emptyContext, type ChannelContext } from "./context.ts";
import { isProven } from "./proven.ts";
import type { SequencedEvent } from "./sequenced-event.ts";

/** The merchant's answer to a payment. The proof may overtake it: miners are sometimes quicker than wallets. */
const verdicts = {
  PaymentAccepted: [
    { guard: "isProven", target: "settled", actions: "record" },
    { target: "awaitingProof", actions: "record" },
  ],
  PaymentRefused: { target: "awaitingPayment", actions: "record" },
  PaymentFailed: { target: "awaitingPayment", actions: "record" },
} as const;

/** The end takes no message any more, but what miners say of the channel's transactions belongs to its record. */
const newsAfterTheEnd = {
  ProofRecorded: { actions: "record" },
  DoubleSpendReported: { actions: "record" },
  TransactionRejected: { actions: "record" },
  ProofRevoked: { actions: "record" },
} as const;

/**
 * The channel's life. Its events are the stored facts, so the machine is at once the table of what may happen next
 * and the fold over what has happened. The hot path asks it through `transitionFrom`, which remembers its answers. It has
 * no timers: the deadline is data (a rehydrated actor loses XState's delayed transitions).
 */
export const channelMachine = setup({
  types: { context: {} as ChannelContext, events: {} as SequencedEvent },
  actions: {
    record: assign(({ context, event }) => applyEvent(context, event)),
  },
  guards: {
    /** With this event each transaction of the accepted payment is proven, or still is. */
    isProven: ({ context, event }) => isProven(applyEvent(context, event)),
  },
}).createMachine({
  id: "channel",
  context: emptyContext,
  initial: "unopened",
  states: {
    unopened: {
      on: { ChannelOpened: { target: "open", actions: "record" } },
    },
    open: {
      initial: "awaitingPaymentRequest",
      on: {
        ParticipantJoined: { actions: "record" },
        ProofRecorded: { actions: "record" },
        DoubleSpendReported: { actions: "record" },
        TransactionRejected: { actions: "record" },
        ProofRevoked: { actions: "record" },
        DeadlineExtended: { actions: "record" },
        ChannelExpired: { target: "expired", actions: "record" },
        ChannelClosed: { target: "closed", actions: "record" },
      },
      states: {
        awaitingPaymentRequest: {
          on: {
            TermsRequested: { target: "awaitingTerms", actions: "record" },
            TermsOffered: { target: "awaitingPayment", actions: "record" },
            PaymentSubmitted: { target: "awaitingAck", actions: "record" },
          },
        },
        awaitingTerms: {
          on: {
            TermsRequested: { actions: "record" },
            TermsOffered: { target: "awaitingPayment", actions: "record" },
            TermsRefused: { target: "awaitingPaymentRequest", actions: "record" },
            PaymentSubmitted: { target: "awaitingAck", actions: "record" },
          },
        },
        awaitingPayment: {
          on: {
            TermsRequested: { target: "awaitingTerms", actions: "record" },
            TermsOffered: { actions: "record" },
            TermsRefused: { target: "awaitingPaymentRequest", actions: "record" },
            PaymentSubmitted: { target: "awaitingAck", actions: "record" },
          },
        },
        awaitingAck: {
          on: {
            ...verdicts,
            AckGraceStarted: { target: "awaitingLateAck", actions: "record" },
          },
        },
        /** The deadline has passed; the payment was sent in time, and its acknowledgement may still come. */
        awaitingLateAck: {
          on: {
            ...verdicts,
            DeadlineExtended: { target: "awaitingAck", actions: "record" },
          },
        },
        awaitingProof: {
          on: {
            ProofRecorded: [{ guard: "isProven", target: "settled", actions: "record" }, { actions: "record" }],
          },
        },
        settled: {
          on: {
            ProofRevoked: [
              { guard: "isProven", actions: "record" },
              { target: "awaitingProof", actions: "record" },
            ],
          },
        },
      },
    },
    expired: { on: newsAfterTheEnd },
    closed: { on: newsAfterTheEnd },
  },
});

/** A state of the machine, in XState's own writing. */
export type ChannelStateValue = SnapshotFrom<typeof channelMachine>["value"];

/** Where a channel is and what it remembers: what `channelMachine.resolveState` makes a running machine of. */
export interface ChannelSnapshot {
  readonly value: ChannelStateValue;
  readonly context: ChannelContext;
}

export const channelStates = [
  "unopened",
  "awaitingPaymentRequest",
  "awaitingTerms",
  "awaitingPayment",
  "awaitingAck",
  "awaitingLateAck",
  "awaitingProof",
  "settled",
  "expired",
  "closed",
] as const;

/** What the channel waits for. */
export type ChannelStateName = (typeof channelStates)[number];

/** Each channel begins with the same one: it is never changed, only replaced. */
const [{ value, context }] = initialTransition(channelMachine);
const initialSnapshot: ChannelSnapshot = { value, context };

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
