import type { Broker } from "../broker.ts";
import { streamNames } from "../stream-names.ts";
import { findStreamState } from "./survey-region.ts";

/** The epoch in which streams of a region take writes at this site; null: none does, for none is a home or has an epoch. */
export async function listeningEpoch(broker: Broker, region: string, timeoutMs: number): Promise<number | null> {
  // A move that was cut short may have fenced some of them: each one that listens counts.
  const [stream] = await streamNames(broker, { subject: `p4.${region}.*.write.*.*`, timeoutMs });
  if (stream === undefined) return null;
  const found = await findStreamState(broker, stream, timeoutMs);
  return found?.role.kind === "home" ? found.role.epoch : null;
}
