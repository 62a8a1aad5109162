import type { History, Violation } from "./history.ts";
import { receiptWaits } from "./receipt-waits.ts";
import { sessionsOf } from "./sessions.ts";
import { waitsOf } from "./waits.ts";

/** What a campaign did and how it felt to the wallets. Times in ms. */
export interface Figures {
  readonly flows: number;
  readonly flowsByEnd: Readonly<Record<string, number>>;
  readonly payments: Readonly<Record<string, number>>;
  readonly channels: number;
  readonly events: number;
  readonly messagesSent: number;
  readonly receipts: number;
  readonly deliveries: number;
  readonly connections: number;
  readonly faults: Readonly<Record<string, number>>;
  /** From the first writing of a message to its receipt. */
  readonly receiptWaitMs: { readonly median: number; readonly p99: number; readonly longest: number };
  /** From a session's start, or the loss of its connection, until it had joined. */
  readonly longestWithoutConnectionMs: number;
  readonly stalledPeers: { readonly met: number; readonly cutOff: number };
  readonly losses: number;
  readonly violations: number;
}

export function figuresOf(
  history: History,
  faults: readonly { readonly kind: string }[],
  violations: readonly Violation[],
): Figures {
  const { records, log } = history;
  const sessions = sessionsOf(records);
  const { median, p99, longest } = waitsOf(receiptWaits(records).map(({ waitedMs }) => waitedMs));
  const stalled = records.flatMap((record) => (record.kind === "stalled" ? [record.cutOff] : []));
  const frames = sessions.flatMap(({ connections }) => connections.flatMap((connection) => connection.frames));
  return {
    flows: records.filter((record) => record.kind === "flow" && record.step === "started").length,
    flowsByEnd: countBy(records.flatMap((r) => (r.kind === "flow" && r.step !== "started" ? [r.detail] : []))),
    payments: countBy(records.flatMap((record) => (record.kind === "outcome" ? [record.outcome] : []))),
    channels: log.size,
    events: [...log.values()].reduce((sum, events) => sum + events.length, 0),
    messagesSent: records.filter(({ kind }) => kind === "sent").length,
    receipts: frames.filter(({ key }) => key === "receipt").length,
    deliveries: sessions.reduce((sum, { delivered }) => sum + delivered.length, 0),
    connections: sessions.reduce((sum, { connections }) => sum + connections.length, 0),
    faults: countBy(faults.map(({ kind }) => kind)),
    receiptWaitMs: { median, p99, longest },
    longestWithoutConnectionMs: longestWithoutConnection(sessions),
    stalledPeers: { met: stalled.length, cutOff: stalled.filter((cutOff) => cutOff).length },
    losses: violations.filter(({ code }) => code.startsWith("LOST_")).length,
    violations: violations.length,
  };
}

/** From a session's start, or the loss of its connection, until it had joined; the longest of all. */
export function longestWithoutConnection(sessions: ReturnType<typeof sessionsOf>): number {
  let longestMs = 0;
  for (const { openedAtMs, connections, endedAtMs } of sessions) {
    let sinceMs: number | null = openedAtMs;
    for (const { joinedAtMs, lostAtMs } of connections) {
      if (joinedAtMs === null) continue;
      if (sinceMs !== null) longestMs = Math.max(longestMs, joinedAtMs - sinceMs);
      sinceMs = lostAtMs;
    }
    if (sinceMs !== null && endedAtMs !== null) longestMs = Math.max(longestMs, endedAtMs - sinceMs);
  }
  return longestMs;
}

export function countBy(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
