import { setTimeout as sleep } from "node:timers/promises";
import { RegionError } from "@p4/regions";
import type { Broker } from "../broker.ts";

const linkWithinMs = 15_000;
const askWithinMs = 1_000;

/** Throws a StoreError where it does not. */
const assertLinked = (broker: Broker, other: string): Promise<unknown> =>
  broker.request(`$JS.${other}.API.INFO`, "", { timeoutMs: askWithinMs });

/** Whether a site reaches another one over their link. */
export const isLinked = (broker: Broker, other: string): Promise<boolean> =>
  assertLinked(broker, other).then(
    () => true,
    () => false,
  );

/**
 * Waits until a site reaches another one over their link. A copy that is made before then tries again after half a minute
 * only.
 *
 * @throws RegionError REGION_SITE_AWAY
 */
export async function untilLinked(broker: Broker, site: string, other: string): Promise<void> {
  for (const endMs = performance.now() + linkWithinMs; ; await sleep(100)) {
    try {
      await assertLinked(broker, other);
      return;
    } catch (error) {
      if (performance.now() < endMs) continue;
      const detail = error instanceof Error ? error.message : String(error);
      throw new RegionError("REGION_SITE_AWAY", `${other}, over the link from ${site} (${detail})`);
    }
  }
}
