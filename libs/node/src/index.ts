export { openChannelNode, type ChannelNode, type ChannelNodeOptions } from "./open-channel-node.ts";
export { runApp, type RunningApp, type StartApp } from "./run-app.ts";
