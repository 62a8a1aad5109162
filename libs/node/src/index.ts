export { brokerAccessOf } from "./broker-access-of.ts";
export { callbackCounter } from "./callback-counter.ts";
export { ChannelIndex, type ChannelIndexOptions, type IndexRun } from "./channel-index.ts";
export { foldChannel } from "./fold-channel.ts";
export { RevokedTokens, revokeToken, type RevokedToken } from "./revoked-tokens.ts";
export { followIndex, type FollowIndexOptions } from "./follow-index.ts";
export { forEachConcurrently } from "./for-each-concurrently.ts";
export {
  documentBuckets,
  openChannelNode,
  type ChannelNode,
  type ChannelNodeOptions,
  type ChannelPorts,
} from "./open-channel-node.ts";
export { placementOf, reportsTo } from "./node-settings.ts";
export { OverdueChannels, type OverdueChannelsOptions, type Sweep } from "./overdue-channels.ts";
export { proofRoutesOf, proofServicesOf, type ProofConfig } from "./proof-routes-of.ts";
export { watchHeaders } from "./watch-headers.ts";
export { healthChecks } from "./health-checks.ts";
export { takeTurns, type TurnsOptions } from "./take-turns.ts";
export { runApp, type RunningApp, type StartApp } from "./run-app.ts";
