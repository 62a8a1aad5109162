import type { Config } from "@p4/config";
import { isStoreError } from "@p4/event-store";
import {
  createEventLog,
  durabilityClass,
  findDrift,
  inspectBroker,
  inspectStreams,
  type Broker,
  type BrokerReport,
  type StreamReport,
} from "@p4/nats";
import { documentBuckets } from "@p4/node";
import { counted, durationText, sizeText } from "../human.ts";

/** One thing that was looked at. `fix` is what to do about it; empty when nothing has to be done. */
export interface Finding {
  readonly check: string;
  readonly status: "ok" | "warning" | "failed";
  readonly found: string;
  readonly fix: string;
}

export interface CheckBrokerOptions {
  readonly config: Config;
  readonly broker: Broker;
  readonly monitorUrls: readonly string[];
}

const clockToleranceMs = 1_000;
/** What the servers add to a wallet's message when they store it. */
const envelopeBytes = 65_536;

/** Everything that an operator wants to know before trusting the broker with payments. */
export async function checkBroker(options: CheckBrokerOptions): Promise<Finding[]> {
  const { broker, config } = options;
  const report = await inspectBroker(broker);
  const streams = await inspectStreams(broker, config.region);
  return [
    serverFinding(report),
    ...(await streamFindings(options)),
    replicaFinding(streams),
    await durabilityFinding(options, streams.length > 0),
    clockFinding(report),
    payloadFinding(report, config),
    storageFinding(report),
    await permissionFinding(options, streams.length > 0),
  ];
}

function ok(check: string, found: string): Finding {
  return { check, status: "ok", found, fix: "" };
}

/** A server without a name in its configuration goes by its id, which tells nobody anything. */
const generatedName = /^N[A-Z2-7]{55}$/;

function serverFinding({ serverName, version, cluster, otherServers, roundTripMs }: BrokerReport): Finding {
  const place = cluster === null ? "a single server" : `cluster ${cluster}, ${otherServers.length} other servers known`;
  const name = generatedName.test(serverName) ? "" : ` (${serverName})`;
  return ok("server", `nats-server ${version}${name}, ${place}, round trip ${roundTripMs.toFixed(1)} ms`);
}

async function streamFindings({ broker, config }: CheckBrokerOptions): Promise<Finding[]> {
  const { region, shards, replicas, logRetentionMs: retentionMs } = config;
  const documents = documentBuckets(retentionMs);
  const drifts = await findDrift(broker, { region, shards, replicas, retentionMs, documents });
  const check = "streams";
  if (drifts.length === 0)
    return [
      ok(check, `all as configured: ${counted(shards, "shard")}, ${replicas === 1 ? "1 copy" : `${replicas} copies`}`),
    ];
  const missing = drifts.filter(({ setting }) => setting === "name");
  const findings = drifts
    .filter(({ setting }) => setting !== "name")
    .map(({ stream, setting, wanted, found }): Finding => {
      const values = `wanted ${JSON.stringify(wanted)}, found ${JSON.stringify(found) ?? "nothing"}`;
      return { check, status: "failed", found: `${stream} ${setting}: ${values}`, fix: fixOf(setting, stream) };
    });
  if (missing.length === 0) return findings;
  const names = missing.map(({ stream }) => stream).join(", ");
  const fix = "The apps make them when they start. Check P4_NATS_URL, P4_REGION and P4_SHARDS if they have run here.";
  return [...findings, { check, status: "failed", found: `missing: ${names}`, fix }];
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

function replicaFinding(streams: readonly StreamReport[]): Finding {
  const check = "cluster";
  const replicated = streams.filter(({ replicas }) => replicas > 1);
  const leaderless = replicated.filter(({ leader }) => leader === null).map(({ stream }) => stream);
  const lagging = replicated.filter(({ laggingReplicas }) => laggingReplicas.length > 0);
  if (leaderless.length > 0) {
    const fix = "Bring servers back until each stream has a majority: nats server report jetstream";
    return { check, status: "failed", found: `without a leader: ${leaderless.join(", ")}`, fix };
  }
  if (lagging.length > 0) {
    const found = lagging.map(({ stream, laggingReplicas }) => `${stream}: ${laggingReplicas.join(", ")}`).join("; ");
    const fix =
      "Wait if a server has just come back; else look at its log and disk. Until then one loss more may stop it.";
    return { check, status: "warning", found: `replicas behind or away: ${found}`, fix };
  }
  if (replicated.length > 0) return ok(check, `all ${replicated.length} streams have their leaders and replicas`);
  return ok(check, "one copy of each stream");
}

async function durabilityFinding(
  { broker, config, monitorUrls }: CheckBrokerOptions,
  hasStreams: boolean,
): Promise<Finding> {
  const check = "durability";
  if (!hasStreams) return { check, status: "warning", found: "no stream to ask about", fix: "" };
  const { region, shards } = config;
  const found = await durabilityClass(broker, { region, shards, monitoringUrls: monitorUrls });
  switch (found) {
    case "fsync":
    case "replicated+fsync":
      return ok(check, `${found}: an acknowledged event is on disk`);
    case "replicated": {
      const fix = "Set sync_interval: always in jetstream {} of nats.conf against a power cut of the whole site.";
      return { check, status: "warning", found: "replicated, flushed to disk only now and then", fix };
    }
    case "lazy": {
      const fix =
        "Set sync_interval: always in jetstream {} of nats.conf: a power cut would lose acknowledged payments.";
      return { check, status: "failed", found: "lazy: acknowledged before it is on disk", fix };
    }
    case "unknown": {
      const fix = "Name the servers' monitoring ports: p4 doctor --monitor http://127.0.0.1:8222";
      return { check, status: "warning", found: "unknown: only the monitoring port tells", fix };
    }
  }
}

function clockFinding({ clockAheadMs }: BrokerReport): Finding {
  const check = "clock";
  if (clockAheadMs === null) return { check, status: "warning", found: "the broker did not tell its time", fix: "" };
  const text = `the broker is ${durationText(Math.abs(clockAheadMs))} ${clockAheadMs < 0 ? "behind" : "ahead"}`;
  if (Math.abs(clockAheadMs) <= clockToleranceMs) return ok(check, text);
  const fix = "Run NTP (chrony, systemd-timesyncd) here and on the broker: deadlines and time stamps depend on it.";
  return { check, status: "failed", found: text, fix };
}

function payloadFinding({ maxPayloadBytes }: BrokerReport, { maxMessageBytes }: Config): Finding {
  const check = "message size";
  const text = `the broker takes ${sizeText(maxPayloadBytes)}, wallets may send ${sizeText(maxMessageBytes)}`;
  if (maxPayloadBytes >= maxMessageBytes + envelopeBytes) return ok(check, text);
  const fix = `Set max_payload in nats.conf to at least ${maxMessageBytes + envelopeBytes}, or lower P4_MAX_MESSAGE_BYTES.`;
  return { check, status: "warning", found: text, fix };
}

function storageFinding({ storedBytes, storeLimitBytes, streams, streamLimit }: BrokerReport): Finding {
  const check = "limits";
  const streamText = `${streams}${streamLimit === null ? "" : ` of ${streamLimit}`} streams`;
  if (storeLimitBytes === null)
    return ok(check, `${sizeText(storedBytes)} stored, ${streamText}; no limit of the account`);
  const share = storedBytes / storeLimitBytes;
  const found = `${sizeText(storedBytes)} of ${sizeText(storeLimitBytes)} stored (${Math.round(share * 100)} %), ${streamText}`;
  if (share < 0.8) return ok(check, found);
  const fix = "Raise the account's limit, add disk, or lower P4_LOG_RETENTION; p4 streams says how many days are left.";
  return { check, status: share < 0.95 ? "warning" : "failed", found, fix };
}

/**
 * Tries an append that must fail: it expects an event that cannot be there. The broker's refusal to take it is the sign
 * that it would have taken a right one; nothing is stored.
 */
async function permissionFinding({ broker, config }: CheckBrokerOptions, hasStreams: boolean): Promise<Finding> {
  const check = "permissions";
  if (!hasStreams) return { check, status: "warning", found: "no stream to try", fix: "" };
  const log = createEventLog(broker, { region: config.region, shards: config.shards });
  const impossible = { channelId: "p4-doctor", eventId: "p4-doctor", expectedStreamVersion: Number.MAX_SAFE_INTEGER };
  try {
    await log.appendToStream({ ...impossible, bytes: new Uint8Array() });
  } catch (error) {
    if (isStoreError(error, "STORE_VERSION_CONFLICT")) return ok(check, "this user may read and append");
    const fix = "Allow publishing on p4.>, $JS.API.>, $KV.> and subscribing to p4.> and _INBOX.> for this user.";
    const found = error instanceof Error ? error.message : String(error);
    return { check, status: "failed", found: `this user may not append: ${found}`, fix };
  }
  return { check, status: "failed", found: "an impossible append was taken", fix: "Report this." };
}
