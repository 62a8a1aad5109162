import type { Check, Readiness } from "@p4/telemetry";
import type { ChannelNode } from "./open-channel-node.ts";
import { homeCheck } from "./home-check.ts";
import { replicaCheck } from "./replica-check.ts";
import { clockCheck } from "./watch-clock.ts";

/** What every node says in `/readyz` of its broker, of its region's home, and of its clock beside the broker's. */
export function healthChecks(
  readiness: Pick<Readiness, "add">,
  { broker, clock, home, replicas }: Pick<ChannelNode, "broker" | "clock" | "home" | "replicas">,
): void {
  const store: Check = () => {
    const { isReady, detail, code } = broker.health.verdict;
    const facts = { version: broker.serverVersion, ...(code === null ? {} : { code }) };
    return detail === null ? { ok: isReady, facts } : { ok: isReady, detail, facts };
  };
  readiness.add("broker", store);
  readiness.add("home", () => homeCheck(home));
  readiness.add("replicas", () => replicaCheck(replicas));
  readiness.add("clock", () => clockCheck(clock));
}
