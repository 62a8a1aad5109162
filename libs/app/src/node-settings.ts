import type { Config } from "@p4/config";
import type { Logger } from "@p4/telemetry";
import { brokerAccessOf } from "./broker-access-of.ts";
import type { ChannelNodeOptions } from "./open-channel-node.ts";

/** How the log is laid out, the same for every node of a region, and how this one gets at it. Throws ConfigError. */
export function placementOf(
  config: Config,
): Pick<ChannelNodeOptions, "region" | "shards" | "replicas" | "retentionMs" | "access" | "sites"> {
  const { region, shards, replicas, logRetentionMs: retentionMs } = config;
  return { region, shards, replicas, retentionMs, access: brokerAccessOf(config), sites: siteNamesOf(config) };
}

/** The sites that confirm a home; none in a deployment of one site. */
export const siteNamesOf = ({ sites }: Pick<Config, "sites">): readonly string[] =>
  (sites ?? []).map(({ name }) => name);

/** The broker's news and the channels' faults, as log lines. */
export function reportsTo(logger: Logger): Required<Pick<ChannelNodeOptions, "onStatus" | "onFault">> {
  return {
    onStatus: (status) => logger.info({ broker: status }, "broker"),
    onFault: (channelId, error) => logger.error({ channelId, error }, "channel fault"),
  };
}
