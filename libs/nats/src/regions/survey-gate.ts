import { hasLease } from "@p4/regions";
import type { Broker } from "../broker.ts";
import { listeningEpoch } from "./listening-epoch.ts";
import { readGate, type GateState } from "./read-gate.ts";
import { watchLease } from "./watch-lease.ts";

/** What one server of a site says of its gate, and the other sites of its lease. */
export interface GateSurvey {
  readonly gate: GateState;
  /** The epoch in which streams take writes there; null: none does. */
  readonly epoch: number | null;
  /** How long a node there may write from now on, as the sites answer it now; null: nothing limits it. */
  readonly leaseLeftMs: number | null;
}

const askWithinMs = 1_000;

/** Null: the server does not answer. */
export async function surveyGate(
  broker: Broker,
  { region, sites }: { readonly region: string; readonly sites: readonly string[] },
): Promise<GateSurvey | null> {
  try {
    const [gate, epoch] = await Promise.all([
      readGate(broker, region, askWithinMs),
      listeningEpoch(broker, region, askWithinMs),
    ]);
    if (epoch === null || !hasLease(sites.length)) return { gate, epoch, leaseLeftMs: null };
    const watch = watchLease(broker, { region, sites });
    await watch.asked;
    watch.stop();
    return { gate, epoch, leaseLeftMs: watch.lease.confirmedMs(epoch, performance.now()) };
  } catch {
    return null;
  }
}
