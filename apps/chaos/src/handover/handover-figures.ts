import { sessionsOf } from "../checker/sessions.ts";
import { waitsOf } from "../checker/waits.ts";
import type { WalletRecord } from "../wallets/wallet-record.ts";

/** What the wallets saw of an edge that was told to stop. Times in ms. */
export interface HandoverFigures {
  /** Channels of which a wallet was sent away (4200) and joined again. */
  readonly channelsHandedOver: number;
  /** Connections closed with 4200. */
  readonly connectionsDrained: number;
  /** Connections to the drained edge that ended in any other way after the signal. */
  readonly connectionsBroken: number;
  /** Wallets that had lost their connection and did not get another one. */
  readonly neverBack: number;
  /** From the loss of a connection to the next join. */
  readonly gapMs: { readonly median: number; readonly p99: number; readonly longest: number };
  /** Payments that had begun and not ended when the edge was told to stop. */
  readonly underWayAtSignal: number;
}

const drainCode = 4200;

export function handoverFigures(
  records: readonly WalletRecord[],
  { drainedHost, signalledAtMs }: { readonly drainedHost: string; readonly signalledAtMs: number },
): HandoverFigures {
  const gaps: number[] = [];
  const handedOver = new Set<string>();
  let connectionsDrained = 0;
  let connectionsBroken = 0;
  let neverBack = 0;
  for (const { channelId, connections, endedAtMs } of sessionsOf(records)) {
    for (const [index, { host, joinedAtMs, lostAtMs, lostCode }] of connections.entries()) {
      if (host !== drainedHost || joinedAtMs === null || lostAtMs === null || lostAtMs < signalledAtMs) continue;
      // The wallet's own leaving at the end of the run.
      if (endedAtMs !== null && endedAtMs <= lostAtMs && lostCode !== drainCode) continue;
      if (lostCode === drainCode) connectionsDrained++;
      else connectionsBroken++;
      const next = connections.slice(index + 1).find((connection) => connection.joinedAtMs !== null);
      const backAtMs = next?.joinedAtMs ?? null;
      if (backAtMs === null) {
        neverBack++;
        continue;
      }
      gaps.push(backAtMs - lostAtMs);
      if (lostCode === drainCode) handedOver.add(channelId);
    }
  }
  const { median, p99, longest } = waitsOf(gaps);
  return {
    channelsHandedOver: handedOver.size,
    connectionsDrained,
    connectionsBroken,
    neverBack,
    gapMs: { median, p99, longest },
    underWayAtSignal: underWayAt(signalledAtMs, records),
  };
}

function underWayAt(atMs: number, records: readonly WalletRecord[]): number {
  let underWay = 0;
  for (const record of records) {
    if (record.kind !== "flow" || record.atMs > atMs) continue;
    underWay += record.step === "started" ? 1 : -1;
  }
  return underWay;
}
