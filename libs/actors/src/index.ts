export { ChannelRegistry, type FollowedChannel } from "./channel-registry.ts";
export { expiryEventId } from "./submit-command.ts";
export type { FoldListener } from "./channel-replica.ts";
export type { ActorRuntime } from "./runtime.ts";
export type { SubmitResult } from "./submit-result.ts";
