import type { ReplicaWatch } from "@p4/nats";
import type { CheckResult, Metrics } from "@p4/telemetry";

/**
 * For `/readyz`: which servers' copies of the log have been behind or away for longer than ten seconds. The node serves all
 * the same, so that it stays ready: to take it away would not help.
 */
export function replicaCheck(replicas: Pick<ReplicaWatch, "behind">): CheckResult {
  const behind = replicas.behind();
  if (behind.length === 0) return { ok: true };
  const list = behind.map(
    ({ server, shards, forMs }) =>
      `${server} (${String(shards)} of the log's shards, for ${String(Math.round(forMs / 1_000))} s)`,
  );
  return { ok: true, detail: `copies behind or away: ${list.join(", ")}` };
}

/** The same for Prometheus, by server. */
export function replicaMetrics(metrics: Metrics, replicas: Pick<ReplicaWatch, "behind">): void {
  const help = "For how long a server's copies of the log have been behind or away, once it is more than ten seconds";
  metrics.observeBy(
    "replica_behind_seconds",
    help,
    "server",
    () => new Map(replicas.behind().map(({ server, forMs }) => [server, forMs / 1_000])),
  );
}
