export { apiKeyScopes, issueApiKey, revokeApiKey, rotateApiKey, type ApiKey, type ApiKeyScope } from "./api-key.ts";
export { apiKeyBucket, ApiKeys } from "./api-keys.ts";
export { brokerAccessOf } from "./broker-access-of.ts";
export { callbackCounter } from "./callback-counter.ts";
export { RevokedTokens, revokeToken } from "./revoked-tokens.ts";
export {
  documentBuckets,
  openChannelNode,
  type ChannelNode,
  type ChannelNodeOptions,
  type ChannelPorts,
} from "./open-channel-node.ts";
export { ChannelTracing, type Traced } from "./tracing/channel-tracing.ts";
export { traceMetrics } from "./tracing/trace-metrics.ts";
export { tracingOf } from "./tracing/tracing-of.ts";
export { logMoney } from "./log-money.ts";
export { moneyMetrics } from "./money-metrics.ts";
export { placementOf, reportsTo, siteNamesOf } from "./node-settings.ts";
export { proofRoutesOf, proofServicesOf } from "./proof-routes-of.ts";
export { watchHeaders } from "./watch-headers.ts";
export { healthChecks } from "./health-checks.ts";
export { homeCheck, homeMetrics } from "./home-check.ts";
export { replicaMetrics } from "./replica-check.ts";
export { homeLeft } from "./home-left.ts";
export type { StandIn, StandInOptions } from "./standby.ts";
export { runApp, type RunningApp } from "./run-app.ts";
export { channelEvents, channelEventTypes } from "./webhooks/channel-events.ts";
export {
  addChannelWebhook,
  channelWebhooks,
  positionKey,
  provisionWebhooks,
  type StoredPosition,
} from "./webhooks/channel-webhooks.ts";
