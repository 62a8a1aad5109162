import { sessionsOf, type ConnectionRecord } from "../checker/sessions.ts";
import { waitsOf } from "../checker/waits.ts";
import type { WalletRecord } from "../wallets/wallet-record.ts";
import type { JoinSample, ReadySample } from "./edge-watch.ts";

/** Milliseconds since 1970. Between the two the edges have no way to any broker. */
export interface OutageMoments {
  readonly lostAtMs: number;
  readonly healedAtMs: number;
}

/** How one edge told of the outage. Times in ms; null: it never did. */
export interface EdgeFigures {
  readonly name: string;
  readonly notReadyAfterMs: number | null;
  /** What it said, in the order in which it first said it. */
  readonly reasons: readonly string[];
  /** From the healing. */
  readonly readyAgainAfterMs: number | null;
  /** Newcomers that came and were answered within the outage. */
  readonly joinsRefused: number;
  /** Those of them that were let in, or refused without 503 and Retry-After. */
  readonly joinsMishandled: readonly string[];
}

export function edgeFigures(
  name: string,
  ready: readonly ReadySample[],
  joins: readonly JoinSample[],
  { lostAtMs, healedAtMs }: OutageMoments,
): EdgeFigures {
  const firstNotReady = ready.find((sample) => sample.atMs >= lostAtMs && !sample.ready);
  const lastNotReady = ready.findLast((sample) => !sample.ready);
  const readyAgain = ready.find(
    (sample) => sample.ready && lastNotReady !== undefined && sample.atMs > Math.max(healedAtMs, lastNotReady.atMs),
  );
  const reasons = ready.flatMap(({ reason }) => (reason === null ? [] : [reason]));
  const met = joins.filter(({ beganAtMs, endedAtMs }) => beganAtMs >= lostAtMs && endedAtMs <= healedAtMs);
  const isRight = ({ status, hasRetryAfter }: JoinSample): boolean => status === 503 && hasRetryAfter;
  return {
    name,
    notReadyAfterMs: firstNotReady === undefined ? null : firstNotReady.atMs - lostAtMs,
    reasons: [...new Set(reasons)],
    readyAgainAfterMs: readyAgain === undefined ? null : readyAgain.atMs - healedAtMs,
    joinsRefused: met.filter(isRight).length,
    joinsMishandled: met.filter((join) => !isRight(join)).map(({ status }) => `answered with ${String(status)}`),
  };
}

/** What the outage was to the wallets that were there. */
export interface WalletFigures {
  /** Connections that were open when the broker went. */
  readonly socketsOpen: number;
  /** Those of them that ended otherwise than by their wallet's leaving: `host: code`. */
  readonly socketsClosed: readonly string[];
  readonly paymentsBegunMeanwhile: number;
  /** Messages refused during the outage, by code. */
  readonly refusals: Readonly<Record<string, number>>;
  /** Those of them that a wallet may not send again. */
  readonly finalRefusals: number;
}

/** The close code of a wallet that leaves. An edge closes with others. */
const ownLeaving = 1000;

export function walletFigures(records: readonly WalletRecord[], moments: OutageMoments): WalletFigures {
  const { lostAtMs, healedAtMs } = moments;
  const isMeanwhile = (atMs: number): boolean => atMs >= lostAtMs && atMs < healedAtMs;
  const open = sessionsOf(records).flatMap(({ connections }) =>
    connections.filter((connection) => isOpenAt(connection, lostAtMs)),
  );
  const closed = open.filter(({ lostCode }) => lostCode !== null && lostCode !== ownLeaving);
  const refused = records.filter((record) => record.kind === "refused" && isMeanwhile(record.atMs));
  const refusals: Record<string, number> = {};
  let finalRefusals = 0;
  for (const record of refused) {
    if (record.kind !== "refused") continue;
    refusals[record.code] = (refusals[record.code] ?? 0) + 1;
    if (!record.retryable) finalRefusals++;
  }
  return {
    socketsOpen: open.length,
    socketsClosed: closed.map(({ host, lostCode }) => `${host}: ${String(lostCode)}`),
    paymentsBegunMeanwhile: records.filter(
      (record) => record.kind === "flow" && record.step === "started" && isMeanwhile(record.atMs),
    ).length,
    refusals,
    finalRefusals,
  };
}

function isOpenAt({ joinedAtMs, lostAtMs }: ConnectionRecord, atMs: number): boolean {
  return joinedAtMs !== null && joinedAtMs <= atMs && (lostAtMs === null || lostAtMs > atMs);
}

/** Channels on which another node stored a message while their customer's edge was cut off. */
export interface MissedFigures {
  /** Customers that were told of it on the connection that they had all the time. */
  readonly told: number;
  readonly neverTold: number;
  /** Customers that were told of something later first: their channel was served before it was compared with the log. */
  readonly toldOutOfOrder: number;
  /** From the healing to the missed message. */
  readonly afterMs: { readonly median: number; readonly longest: number };
}

/** `missed`: the sequence of the message by channel. */
export function missedFigures(
  records: readonly WalletRecord[],
  missed: ReadonlyMap<string, number>,
  { lostAtMs, healedAtMs }: OutageMoments,
): MissedFigures {
  const waits: number[] = [];
  let neverTold = 0;
  let toldOutOfOrder = 0;
  for (const { channelId, role, connections } of sessionsOf(records)) {
    const sequence = missed.get(channelId);
    if (sequence === undefined || role !== "customer") continue;
    const frames = connections.find((connection) => isOpenAt(connection, lostAtMs))?.frames ?? [];
    const place = frames.findIndex((frame) => frame.sequence === sequence);
    const frame = frames[place];
    if (frame === undefined) neverTold++;
    else waits.push(Math.max(0, frame.atMs - healedAtMs));
    const before = place === -1 ? frames : frames.slice(0, place);
    if (before.some((earlier) => (earlier.sequence ?? 0) > sequence)) toldOutOfOrder++;
  }
  const { median, longest } = waitsOf(waits);
  const afterMs = { median, longest };
  return { told: waits.length, neverTold, toldOutOfOrder, afterMs };
}
