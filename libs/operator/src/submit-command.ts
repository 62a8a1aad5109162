import { stateName, type Channel, type ChannelCommand, type CommandMetadata } from "@p4/channel";
import { uuid } from "@p4/node-crypto";
import { OperatorError } from "./operator-error.ts";
import { explainFailure } from "./explain-failure.ts";
import { unknownChannel } from "./unknown-channel.ts";
import type { Operator } from "./operator.ts";

/** The channel as it is now. Throws a OperatorError when there is none, or when it does not fold. */
export async function readChannel({ node }: Operator, channelId: string): Promise<Channel> {
  try {
    const channel = await node.registry.read(channelId);
    if (channel.streamVersion === 0) throw unknownChannel(channelId);
    return channel;
  } catch (error) {
    throw explainFailure(error, channelId);
  }
}

/** What an operator's command has led to. Throws a OperatorError with the channel's own reason when it is refused. */
export async function submitAsOperator({ node }: Operator, channelId: string, command: ChannelCommand) {
  const result = await node.registry.submit(channelId, command);
  const { channel, outcome } = result;
  const state = stateName(channel.snapshot);
  if (outcome === "refused") {
    const message = `channel ${channelId} is ${state}: ${result.detail}`;
    throw new OperatorError("failed", message, `p4 replay ${channelId} shows how it got there.`, result.code);
  }
  return { channelId, outcome, state, streamVersion: channel.streamVersion, channel };
}

export function operatorMetadata(): CommandMetadata {
  return { commandId: `operator.${uuid()}`, nowMs: Date.now(), correlationId: "", causationId: "operator" };
}
