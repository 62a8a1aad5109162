import { createEventLog, inspectBroker, surveyStreams, type Broker, type BrokerReport } from "@p4/nats";
import type { Config } from "@p4/config";
import { isStoreError } from "@p4/event-store";
import { counted, durationText, sizeText } from "../human.ts";
import { nameText } from "./check-servers.ts";
import { stuckServers } from "./stuck-servers.ts";
import { durabilityFindings, replicaFinding, streamFindings, type StreamChecks } from "./check-streams.ts";
import { failed, lookAt, ok, warning, type Finding } from "./finding.ts";

const clockToleranceMs = 1_000;
/** What the servers add to a wallet's message when they store it. */
const envelopeBytes = 65_536;

/**
 * Everything that an operator wants to know before trusting the broker with payments. What cannot be asked, since a server
 * is away, is a finding; the rest is told all the same.
 */
export async function checkBroker(checks: StreamChecks): Promise<Finding[]> {
  const { broker, config } = checks;
  let cluster: string | null = null;
  const server = await lookAt("server", async () => {
    const report = await inspectBroker(broker);
    ({ cluster } = report);
    return [serverFinding(report), clockFinding(report), payloadFinding(report, config), storageFinding(report)];
  });
  const streams = await lookAt("streams", async () => {
    const survey = await surveyStreams(broker, config.region);
    return [
      ...(await lookAt("streams", () => streamFindings(checks, survey))),
      replicaFinding(survey, cluster, await stuckServers(broker, config.region, survey)),
      ...(await lookAt("durability", () => durabilityFindings(checks, survey))),
      ...(await lookAt("permissions", () => permissionFinding(checks, survey.reports.length > 0))),
    ];
  });
  return [...server, ...streams];
}

function serverFinding({ serverName, version, cluster, otherServers, roundTripMs }: BrokerReport): Finding {
  const others = otherServers.length === 0 ? "" : `, ${counted(otherServers.length, "other server")} known`;
  const place = cluster === null ? "a single server" : `cluster ${cluster}${others}`;
  return ok(
    "server",
    `nats-server ${version}${nameText(serverName)}, ${place}, round trip ${roundTripMs.toFixed(1)} ms`,
  );
}

function clockFinding({ clockAheadMs }: BrokerReport): Finding {
  const check = "clock";
  if (clockAheadMs === null) return warning(check, "the broker did not tell its time", "");
  const text = `the broker is ${durationText(Math.abs(clockAheadMs))} ${clockAheadMs < 0 ? "behind" : "ahead"}`;
  if (Math.abs(clockAheadMs) <= clockToleranceMs) return ok(check, text);
  const fix = "Run NTP (chrony, systemd-timesyncd) here and on the broker: deadlines and time stamps depend on it.";
  return failed(check, text, fix);
}

function payloadFinding({ maxPayloadBytes }: BrokerReport, { maxMessageBytes }: Config): Finding {
  const check = "message size";
  const text = `the broker takes ${sizeText(maxPayloadBytes)}, wallets may send ${sizeText(maxMessageBytes)}`;
  if (maxPayloadBytes >= maxMessageBytes + envelopeBytes) return ok(check, text);
  const fix = `Set max_payload in nats.conf to at least ${maxMessageBytes + envelopeBytes}, or lower P4_MAX_MESSAGE_BYTES.`;
  return warning(check, text, fix);
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
  return (share < 0.95 ? warning : failed)(check, found, fix);
}

/**
 * Tries an append that must fail: it expects an event that cannot be there. The broker's refusal to take it is the sign
 * that it would have taken a right one; nothing is stored.
 */
async function permissionFinding(
  { broker, config }: { readonly broker: Broker; readonly config: Config },
  hasStreams: boolean,
): Promise<Finding> {
  const check = "permissions";
  if (!hasStreams) return warning(check, "no stream to try", "");
  const log = createEventLog(broker, { region: config.region, shards: config.shards });
  const impossible = { channelId: "p4-doctor", eventId: "p4-doctor", expectedStreamVersion: Number.MAX_SAFE_INTEGER };
  try {
    await log.appendToStream({ ...impossible, bytes: new Uint8Array() });
  } catch (error) {
    if (isStoreError(error, "STORE_VERSION_CONFLICT")) return ok(check, "this user may read and append");
    const fix =
      "`p4 nats-config` makes users with what they need; else allow publishing on p4.>, $JS.API.>, $KV.>, $O.> and subscribing to p4.> and _INBOX.> for this user.";
    if (!isStoreError(error, "STORE_FORBIDDEN")) throw error;
    return failed(check, `this user may not append: ${error.message}`, fix);
  }
  return failed(check, "an impossible append was taken", "Report this.");
}
