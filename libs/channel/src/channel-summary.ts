import type { Channel } from "./channel-fold.ts";
import type { ChannelContext } from "./context.ts";
import { endsAtMs, stateName, type ChannelStateName } from "./channel.machine.ts";
import type { Participant } from "./participant.ts";
import { outlineOfTerms } from "./terms-outline.ts";

/** What operators search channels by: a few hundred bytes, however much was said on the channel. */
export interface ChannelSummary {
  readonly channelId: string;
  /** `damaged`: its log does not fold; `fault` says why and where. */
  readonly state: ChannelStateName | "damaged";
  readonly fault: string | null;
  /** Version of the last event that the summary knows. */
  readonly streamVersion: number;
  readonly events: number;
  readonly openedAtMs: number;
  readonly lastEventAtMs: number;
  /** When it last went on: by what a wallet or a miner said. A join or a longer deadline makes no wait younger. */
  readonly waitingSinceMs: number;
  readonly expiresAtMs: number;
  /** Transactions that were submitted, accepted or not, in order. */
  readonly txids: readonly string[];
  /** What the last terms ask for; null: none, or in no vocabulary that tells it. */
  readonly satoshis: number | null;
  readonly memo: string | null;
  /** The connection that holds the merchant's role, and the customer's that spoke last. They may be gone by now. */
  readonly merchant: ConnectionPlace | null;
  readonly customer: ConnectionPlace | null;
}

/** A connection, and the node that it is on. */
export interface ConnectionPlace {
  readonly nodeId: string;
  readonly connectionId: string;
}

export function summarize({ snapshot, streamVersion }: Channel): ChannelSummary {
  const { channelId, eventCount, openedAtMs, lastEventAtMs, attempts, terms, messages, merchant } = snapshot.context;
  const txids = attempts.flatMap(({ payment }) => payment.data.txids);
  return {
    channelId,
    state: stateName(snapshot),
    fault: null,
    streamVersion,
    events: eventCount,
    openedAtMs,
    lastEventAtMs,
    waitingSinceMs: lastStepAtMs(snapshot.context),
    expiresAtMs: endsAtMs(snapshot),
    txids: [...new Set(txids)],
    ...(terms?.type === "TermsOffered" ? outlineOfTerms(terms.data.message) : { satoshis: null, memo: null }),
    merchant: placeOf(merchant),
    customer: placeOf(messages.findLast(({ data }) => data.from.role === "customer")?.data.from ?? null),
  };
}

function placeOf(participant: Participant | null): ConnectionPlace | null {
  return participant === null ? null : { nodeId: participant.nodeId, connectionId: participant.connectionId };
}

function lastStepAtMs(context: ChannelContext): number {
  const { openedAtMs, request, terms, attempts, proofs, doubleSpends, rejections, revocations } = context;
  const attempt = attempts.at(-1);
  const miners = [proofs.at(-1), doubleSpends.at(-1), rejections.at(-1), revocations.at(-1)];
  const said = [request, terms, attempt?.payment, attempt?.verdict, ...miners];
  return Math.max(...said.map((event) => event?.metadata.recordedAtMs ?? 0)) || openedAtMs;
}

/** The summary of a channel whose log does not fold. */
export function summarizeDamaged(channelId: string, streamVersion: number, fault: string): ChannelSummary {
  const unknown = { events: 0, openedAtMs: 0, lastEventAtMs: 0, waitingSinceMs: 0, expiresAtMs: 0, txids: [] };
  const nothing = { satoshis: null, memo: null, merchant: null, customer: null };
  return { channelId, state: "damaged", fault, streamVersion, ...unknown, ...nothing };
}

/** Who has to act next; null: no one. */
export function waitsFor(state: ChannelSummary["state"]): "customer" | "merchant" | "miner" | null {
  switch (state) {
    case "awaitingTermsRequest":
    case "awaitingPayment":
      return "customer";
    case "awaitingTerms":
    case "awaitingAck":
    case "awaitingLateAck":
      return "merchant";
    case "awaitingProof":
      return "miner";
    case "unopened":
    case "settled":
    case "expired":
    case "closed":
    case "damaged":
      return null;
  }
}

/** How long the next step has been due, or the deadline over without an end; 0: neither. */
export function stuckForMs({ state, waitingSinceMs, expiresAtMs }: ChannelSummary, nowMs: number): number {
  if (state === "expired" || state === "closed" || state === "damaged" || state === "unopened") return 0;
  const waitedMs = waitsFor(state) === null ? 0 : nowMs - waitingSinceMs;
  return Math.max(0, waitedMs, nowMs - expiresAtMs);
}
