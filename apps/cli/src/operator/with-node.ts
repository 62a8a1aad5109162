import type { Config } from "@p4/config";
import { connectBroker, type Broker } from "@p4/nats";
import { openChannelNode, type ChannelNode } from "@p4/node";
import { CliError } from "../cli-error.ts";
import type { VerbContext } from "../verb.ts";
import { explainFailure } from "./explain-failure.ts";
import { findBroker, type BrokerAddress } from "./find-broker.ts";
import { readConfig } from "./read-config.ts";

/** What a verb works on. */
export interface Operator {
  readonly config: Config;
  readonly node: ChannelNode;
  readonly address: BrokerAddress;
}

const connectWithinMs = 3_000;

/** Connects to the broker, does the work and leaves. Nothing is set up: the broker may be the wrong one. */
export async function withNode<T>(context: VerbContext, work: (operator: Operator) => Promise<T>): Promise<T> {
  const config = readConfig(context);
  const address = await findBroker(config);
  return explained(async () => {
    const node = await openChannelNode({
      natsUrl: address.url,
      name: "p4-cli",
      region: config.region,
      shards: config.shards,
      replicas: config.replicas,
      retentionMs: config.logRetentionMs,
      setUp: false,
      connectWithinMs,
      onStatus: (status) => {
        if (status.type === "disconnected") context.progress(`the broker at ${status.server} is away`);
        if (status.type === "reconnected") context.progress(`the broker at ${status.server} is back`);
      },
    });
    try {
      return await work({ config, node, address });
    } finally {
      await node.close();
    }
  });
}

/** For verbs that look at the broker itself: it need not hold a log. */
export async function withBroker<T>(
  context: VerbContext,
  work: (inspected: { config: Config; broker: Broker; address: BrokerAddress }) => Promise<T>,
): Promise<T> {
  const config = readConfig(context);
  const address = await findBroker(config);
  return explained(async () => {
    const broker = await connectBroker({ url: address.url, name: "p4-cli", connectWithinMs });
    try {
      return await work({ config, broker, address });
    } finally {
      await broker.close();
    }
  });
}

async function explained<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RangeError && error.message.startsWith("broker url")) {
      throw new CliError("misuse", `P4_NATS_URL: ${error.message}`, null, "BAD_CONFIG");
    }
    throw explainFailure(error);
  }
}
