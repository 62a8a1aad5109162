import type { Config } from "@p4/config";
import { durabilityClass, type Broker } from "@p4/nats";
import type { Check } from "@p4/telemetry";

/** Servers can be restarted with other settings, so the answer is not kept for long. */
const keptMs = 30_000;

/** Says in `/readyz` what an acknowledged message has survived. It is a fact, not a condition for serving. */
export function durabilityCheck(broker: Broker, config: Config): Check {
  const { region, shards } = config;
  const options = { region, shards, monitoringUrls: config.natsMonitorUrls ?? [] };
  let known: { readonly durability: string; readonly untilMs: number } | undefined;
  return async () => {
    const nowMs = performance.now();
    if (known === undefined || nowMs >= known.untilMs) {
      const durability = await durabilityClass(broker, options).catch(() => "unknown");
      known = { durability, untilMs: nowMs + (durability === "unknown" ? 0 : keptMs) };
    }
    return { ok: true, facts: { class: known.durability } };
  };
}
