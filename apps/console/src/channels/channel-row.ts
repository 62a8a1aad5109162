import { stuckForMs, waitsFor, type ChannelSummary } from "@p4/channel";
import type { ChannelRow } from "../views/views.ts";
import type { PresenceCache } from "./presence-cache.ts";

const shownTxids = 3;
const over: ReadonlySet<ChannelSummary["state"]> = new Set(["expired", "closed", "damaged", "unopened"]);

/** A channel as the list shows it. Who is there is asked only where a wallet is still waited for. */
export async function rowOf(summary: ChannelSummary, presence: PresenceCache, nowMs: number): Promise<ChannelRow> {
  const { streamVersion: _, ...shown } = summary;
  const asks = !over.has(summary.state);
  const [merchant, customer] = asks
    ? await Promise.all([presence.of(summary.merchant), presence.of(summary.customer)])
    : [null, null];
  return {
    ...shown,
    txids: summary.txids.slice(0, shownTxids),
    waitsFor: waitsFor(summary.state),
    stuckForMs: stuckForMs(summary, nowMs),
    merchant,
    customer,
  };
}
