import type { Config } from "@p4/config";
import { brokerUsers, connectBroker, type Broker } from "@p4/nats";
import { openChannelNode, type ChannelNode } from "@p4/app/open-channel-node";
import { CliError } from "../cli-error.ts";
import type { VerbContext } from "../verb.ts";
import { explainFailure } from "@p4/operator/explain-failure";
import { findBroker, type BrokerAddress } from "./find-broker.ts";
import { readConfig } from "./read-config.ts";

/** Which broker a verb works on, and how it is set up. */
export interface OperatorBroker {
  readonly config: Config;
  readonly address: BrokerAddress;
  /** Whether the environment, or the running system's file, sets this variable: else the value is only a default. */
  readonly isSet: (variable: string) => boolean;
}

/** What a verb works on. */
export interface Operator extends OperatorBroker {
  readonly node: ChannelNode;
}

const connectWithinMs = 3_000;

/**
 * The broker and its configuration: what the environment leaves out is as the running system was started. Throws a CliError
 * (misuse, unreachable).
 */
export async function findOperatorBroker(context: Pick<VerbContext, "env">): Promise<OperatorBroker> {
  const address = await findBroker(readConfig(context));
  const given = Object.entries(context.env).filter(([, value]) => (value ?? "").trim() !== "");
  const env = { ...address.settings, ...Object.fromEntries(given) };
  return { config: readConfig({ env }), address, isSet: (variable) => env[variable] !== undefined };
}

/** Connects to the broker, does the work and leaves. Nothing is set up: the broker may be the wrong one. */
export async function withNode<T>(context: VerbContext, work: (operator: Operator) => Promise<T>): Promise<T> {
  const found = await findOperatorBroker(context);
  const { config, address } = found;
  return explained(async () => {
    const node = await openChannelNode({
      natsUrl: address.url,
      access: address.access,
      name: brokerUsers.operator,
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
      return await work({ ...found, node });
    } finally {
      await node.close();
    }
  });
}

/** For verbs that look at the broker itself: it need not hold a log. Rejects with a StoreError. */
export async function withBroker<T>(
  { url, access, name = brokerUsers.operator }: Pick<BrokerAddress, "url" | "access"> & { readonly name?: string },
  work: (broker: Broker) => Promise<T>,
): Promise<T> {
  const broker = await connectBroker({ url, access, name, connectWithinMs });
  try {
    return await work(broker);
  } finally {
    await broker.close();
  }
}

/** The same with what the broker says put into a CliError. */
export async function explained<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RangeError && error.message.startsWith("broker url")) {
      throw new CliError("misuse", `P4_NATS_URL: ${error.message}`, null, "BAD_CONFIG");
    }
    throw explainFailure(error);
  }
}
