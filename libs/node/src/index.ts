export { callbackCounter } from "./callback-counter.ts";
export { openChannelNode, type ChannelNode, type ChannelNodeOptions, type ChannelPorts } from "./open-channel-node.ts";
export { proofRoutesOf, type ProofConfig } from "./proof-routes-of.ts";
export { runApp, type RunningApp, type StartApp } from "./run-app.ts";
