import { assign, initialTransition, setup, type SnapshotFrom } from "xstate";
import { applyEvent } from "./apply-event.ts";
import { emptyContext, provesPayment, type ChannelContext } from "./context.ts";
import type { SequencedEvent } from "./sequenced-event.ts";

/**
 * The channel's life. Its events are the stored facts, so the machine is at once the table of what may happen next
 * (`can`) and the fold over what has happened. It has no timers: the deadline is data (a rehydrated actor loses
 * XState's delayed transitions).
 */
export const channelMachine = setup({
  types: { context: {} as ChannelContext, events: {} as SequencedEvent },
  actions: {
    record: assign(({ context, event }) => applyEvent(context, event)),
  },
  guards: {
    provesPayment: ({ context, event }) =>
      event.type === "ProofRecorded" && provesPayment(context, event.data.proof.txid),
    /** The proof may overtake the acknowledgement: miners are sometimes quicker than wallets. */
    wasProvedBefore: ({ context }) => {
      const txid = context.attempts.at(-1)?.payment.data.txid;
      return context.proofs.some((proof) => proof.data.proof.txid === txid);
    },
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
            PaymentAccepted: [
              { guard: "wasProvedBefore", target: "settled", actions: "record" },
              { target: "awaitingProof", actions: "record" },
            ],
            PaymentRefused: { target: "awaitingPayment", actions: "record" },
            PaymentFailed: { target: "awaitingPayment", actions: "record" },
          },
        },
        awaitingProof: {
          on: {
            ProofRecorded: [{ guard: "provesPayment", target: "settled", actions: "record" }, { actions: "record" }],
          },
        },
        settled: {},
      },
    },
    expired: { type: "final" },
    closed: { type: "final" },
  },
});

export type ChannelSnapshot = SnapshotFrom<typeof channelMachine>;

export const channelStates = [
  "unopened",
  "awaitingPaymentRequest",
  "awaitingTerms",
  "awaitingPayment",
  "awaitingAck",
  "awaitingProof",
  "settled",
  "expired",
  "closed",
] as const;

/** What the channel waits for. */
export type ChannelStateName = (typeof channelStates)[number];

export function initialState(): ChannelSnapshot {
  return initialTransition(channelMachine)[0];
}

export function stateName(snapshot: ChannelSnapshot): ChannelStateName {
  const value = snapshot.value;
  return typeof value === "string" ? value : value.open;
}

export function isEnded(snapshot: ChannelSnapshot): boolean {
  return snapshot.status === "done";
}
