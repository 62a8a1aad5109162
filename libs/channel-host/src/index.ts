export { ChannelRegistry, type FollowedChannel } from "./channel-registry.ts";
export { markerGraceMs, type ExpiryCause } from "./expire.ts";
export type { FoldListener } from "./channel-replica.ts";
export type { ActorRuntime } from "./runtime.ts";
export type { SubmitResult } from "./submit-result.ts";
export { startComparing } from "./start-comparing.ts";
