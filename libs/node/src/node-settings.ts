import type { Config } from "@p4/config";
import type { Logger } from "@p4/telemetry";
import type { ChannelNodeOptions } from "./open-channel-node.ts";

/** Where the log is and how it is laid out: the same for every node of a region. */
export function placementOf(
  config: Config,
): Pick<ChannelNodeOptions, "region" | "shards" | "replicas" | "retentionMs"> {
  const { region, shards, replicas, logRetentionMs: retentionMs } = config;
  return { region, shards, replicas, retentionMs };
}

/** The broker's news and the channels' faults, as log lines. */
export function reportsTo(logger: Logger): Required<Pick<ChannelNodeOptions, "onStatus" | "onFault">> {
  return {
    onStatus: (status) => logger.info({ broker: status }, "broker"),
    onFault: (channelId, error) => logger.error({ channelId, error }, "channel fault"),
  };
}
