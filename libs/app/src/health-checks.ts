import type { Check, Readiness } from "@p4/telemetry";
import type { ChannelNode } from "./open-channel-node.ts";
import { clockCheck } from "./watch-clock.ts";

/** What every node says in `/readyz` of its broker, and of its clock beside the broker's. */
export function healthChecks(
  readiness: Pick<Readiness, "add">,
  { broker, clock }: Pick<ChannelNode, "broker" | "clock">,
): void {
  const store: Check = () => {
    const { isReady, detail, code } = broker.health.verdict;
    const facts = { version: broker.serverVersion, ...(code === null ? {} : { code }) };
    return detail === null ? { ok: isReady, facts } : { ok: isReady, detail, facts };
  };
  readiness.add("broker", store);
  readiness.add("clock", () => clockCheck(clock));
}
