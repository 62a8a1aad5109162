export { ChannelRegistry, type SubmitOne } from "./channel-registry.ts";
export type { FollowedChannel } from "./followed-channel.ts";
export { markerGraceMs } from "./expire.ts";
export type { FoldListener } from "./channel-replica.ts";
export type { ActorRuntime } from "./runtime.ts";
export type { SubmitResult } from "./submit-result.ts";
export { startReconciling } from "./start-reconciling.ts";
