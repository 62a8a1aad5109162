export { ChannelIndex } from "./channel-index.ts";
export { foldChannel } from "./fold-channel.ts";
export { followIndex } from "./follow-index.ts";
export { forEachConcurrently } from "./for-each-concurrently.ts";
export { isDamage } from "./is-damage.ts";
export { OverdueChannels } from "./overdue-channels.ts";
export { startPeriodicJob } from "./periodic-job.ts";
