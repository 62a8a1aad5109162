import type { Config } from "@p4/config";
import { durabilityClass, findDrift, type Broker, type StreamReport, type StreamSurvey } from "@p4/nats";
import { documentBuckets } from "@p4/app";
import { counted } from "../human.ts";
import { probeMonitors } from "./check-servers.ts";
import { failed, ok, warning, type Finding } from "./finding.ts";

export interface StreamChecks {
  readonly config: Config;
  readonly broker: Broker;
  /** Whether P4_REPLICAS is set: what is only a default is not what an operator wants. */
  readonly replicasAreSet: boolean;
  readonly monitorUrls: readonly string[];
}

/** How the streams that answer differ from the configuration. */
export async function streamFindings(checks: StreamChecks, survey: StreamSurvey): Promise<Finding[]> {
  const { broker, config } = checks;
  const { region, shards, logRetentionMs: retentionMs } = config;
  const documents = documentBuckets(retentionMs);
  const replicas = wantedReplicas(checks, survey);
  const wanted = { region, shards, replicas, retentionMs, documents };
  const drifts = await findDrift(broker, wanted, survey.unanswered);
  const check = "streams";
  if (drifts.length === 0) {
    const copies = replicas === 1 ? "1 copy" : `${replicas} copies`;
    const seen = survey.unanswered.length === 0 ? "all as configured" : "those that answer are as configured";
    return [ok(check, `${seen}: ${counted(shards, "shard")}, ${copies}`)];
  }
  const missing = drifts.filter(({ setting }) => setting === "name").map(({ stream }) => stream);
  const findings = drifts
    .filter(({ setting }) => setting !== "name")
    .map(({ stream, setting, wanted, found }): Finding => {
      const values = `wanted ${JSON.stringify(wanted)}, found ${JSON.stringify(found) ?? "nothing"}`;
      return failed(check, `${stream} ${setting}: ${values}`, fixOf(setting, stream));
    });
  if (missing.length === 0) return findings;
  const fix = "The apps make them when they start. Check P4_NATS_URL, P4_REGION and P4_SHARDS if they have run here.";
  return [...findings, failed(check, `missing: ${missing.join(", ")}`, fix)];
}

/** The configured number; where none is configured, what most streams have: a single other one is what is wrong. */
function wantedReplicas({ config, replicasAreSet }: StreamChecks, { reports }: StreamSurvey): number {
  if (replicasAreSet || reports.length === 0) return config.replicas;
  const counts = new Map<number, number>();
  for (const { replicas } of reports) counts.set(replicas, (counts.get(replicas) ?? 0) + 1);
  return [...counts].sort(([, left], [, right]) => right - left)[0]?.[0] ?? config.replicas;
}

function fixOf(setting: string, stream: string): string {
  switch (setting) {
    case "num_replicas":
      return `Set P4_REPLICAS as it is, or: nats stream edit ${stream} --replicas <n>`;
    case "max_age":
      return `Set P4_LOG_RETENTION as it is, or: nats stream edit ${stream} --max-age <age>`;
    case "p4.shards":
    case "metadata":
      return "Set P4_SHARDS to the number that the streams were made for: it cannot be changed.";
    default:
      return `nats stream edit ${stream}, or find out who changed it`;
  }
}

/**
 * Leaders and copies, and which server it is that holds them up.
 *
 * @param stuck servers whose copies have been behind or away for longer than ten seconds, and of how many streams
 */
export function replicaFinding(
  { reports, unanswered }: StreamSurvey,
  cluster: string | null,
  stuck: ReadonlyMap<string, number> = new Map(),
): Finding {
  const check = "cluster";
  const half = reports.filter(({ isHalfRepaired }) => isHalfRepaired).map(({ stream }) => stream);
  if (half.length > 0) return failed(check, `one copy, since a repair was cut short: ${half.join(", ")}`, "p4 repair");
  const replicated = reports.filter(({ replicas }) => replicas > 1);
  const leaderless = [...unanswered, ...replicated.filter(({ leader }) => leader === null).map(({ stream }) => stream)];
  const lagging = laggingServers(replicated);
  const behind = lagging === "" ? "" : `; behind or away: ${lagging}`;
  if (leaderless.length > 0) {
    const fix = "Wait some seconds for an election, else bring servers back until each stream has a majority.";
    return failed(check, `without a leader that answers: ${leaderless.join(", ")}${behind}`, fix);
  }
  if (stuck.size > 0) {
    const list = [...stuck].map(([server, count]) => `${server} (${counted(count, "stream")})`).join(", ");
    const fix =
      "Start it, or look at its log and disk: until it is back one loss more may stop streams, and it may answer reads " +
      "from the past. If it runs and stays behind: p4 repair rebuilds its copies.";
    return failed(check, `replicas behind or away for longer than 10 s: ${list}`, fix);
  }
  if (lagging !== "") {
    const fix =
      "Wait if a server has just come back; else look at its log and disk. Until then one loss more may stop it.";
    return warning(check, `replicas behind or away: ${lagging}`, fix);
  }
  if (replicated.length > 0) return ok(check, `all ${replicated.length} streams have their leaders and replicas`);
  if (cluster === null || reports.length === 0) return ok(check, "one copy of each stream");
  const fix = "Set P4_REPLICAS=3 before the first start, or: nats stream edit <stream> --replicas 3";
  return warning(check, `one copy of each stream, although cluster ${cluster} could hold more`, fix);
}

/** `nats-b (14 streams), nats-c (2 streams)` */
function laggingServers(reports: readonly StreamReport[]): string {
  const streams = new Map<string, number>();
  for (const { laggingReplicas } of reports) {
    for (const server of laggingReplicas) streams.set(server, (streams.get(server) ?? 0) + 1);
  }
  return [...streams].map(([server, count]) => `${server} (${counted(count, "stream")})`).join(", ");
}

export async function durabilityFindings(
  checks: StreamChecks,
  { reports, unanswered }: StreamSurvey,
): Promise<Finding[]> {
  const { broker, config, monitorUrls } = checks;
  const check = "durability";
  if (reports.length === 0) return [warning(check, "no stream to ask about", "")];
  if (unanswered.length > 0) return [warning(check, "unknown while streams do not answer", "")];
  const { region, shards } = config;
  const { answering, silent } = await probeMonitors(monitorUrls);
  const found = await durabilityClass(broker, { region, shards, monitoringUrls: answering });
  const of = silent.length === 0 ? "" : ` by the ${counted(answering.length, "server")} whose monitoring port answers`;
  const away = silent.map((url) => {
    const fix = "Is that server away? Else name its port rightly: P4_NATS_MONITOR_URLS, or --monitor.";
    return warning(check, `the monitoring port ${url} does not answer`, fix);
  });
  return [durabilityFinding(found, of), ...away];
}

function durabilityFinding(found: Awaited<ReturnType<typeof durabilityClass>>, of: string): Finding {
  const check = "durability";
  switch (found) {
    case "fsync":
    case "replicated+fsync":
      return ok(check, `${found}${of}: an acknowledged event is on disk`);
    case "replicated": {
      const fix = "Set sync_interval: always in jetstream {} of nats.conf against a power cut of the whole site.";
      return warning(check, `replicated${of}, flushed to disk only now and then`, fix);
    }
    case "lazy": {
      const fix =
        "Set sync_interval: always in jetstream {} of nats.conf: a power cut would lose acknowledged payments.";
      return failed(check, `lazy${of}: acknowledged before it is on disk`, fix);
    }
    case "unknown": {
      const fix = "Name the servers' monitoring ports: p4 doctor --monitor http://127.0.0.1:8222";
      return warning(check, "unknown: only the monitoring port tells", fix);
    }
  }
}
