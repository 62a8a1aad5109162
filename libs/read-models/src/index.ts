export { ChannelIndex, type ChannelIndexOptions, type IndexRun } from "./channel-index.ts";
export { foldChannel } from "./fold-channel.ts";
export { followIndex, type FollowIndexOptions } from "./follow-index.ts";
export { forEachConcurrently } from "./for-each-concurrently.ts";
export { OverdueChannels, type OverdueChannelsOptions, type Sweep } from "./overdue-channels.ts";
export { startPeriodicJob } from "./periodic-job.ts";
