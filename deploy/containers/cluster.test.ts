import { loadConfig } from "@p4/config";
import { startEdge, type Edge } from "@p4/edge";
import { connectBroker, createEventLog, type Broker } from "@p4/nats";
import { createLogger } from "@p4/telemetry";
import { waitFor } from "@p4/testkit";
import { getContainerRuntimeClient } from "testcontainers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findLosses, Flow } from "./flow.ts";
import { startNatsCluster, type Member, type NatsCluster } from "./nats-cluster.ts";
import { natsImage } from "./nats-image.ts";

const say = (line: string): void => void process.stdout.write(`  ${line}\n`);

/** Why nothing can be run here; null: it can. */
async function findProblem(): Promise<string | null> {
  try {
    await getContainerRuntimeClient();
    // Where no engine is required, one that cannot run three containers on networks counts as none.
    if (process.env["CONTAINERS"] === "if-possible") await (await startNatsCluster(await natsImage(say))).stop();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const problem = await findProblem();
if (problem !== null) say(`skipped: no container engine that works (${problem})`);

const shards = 2;

describe.skipIf(problem !== null)("a cluster of three nats-servers in containers", () => {
  let cluster: NatsCluster;
  let edge: Edge;
  let broker: Broker;

  beforeAll(async () => {
    cluster = await startNatsCluster(await natsImage(say));
    const config = loadConfig({ P4_PORT: "0", P4_SHARDS: String(shards), P4_REPLICAS: "3", P4_LOG_LEVEL: "silent" });
    const logger = createLogger({ level: config.logLevel, name: "edge" });
    edge = await startEdge({ config, logger, natsUrl: cluster.url });
    broker = await connectBroker({ url: cluster.url, name: "checker" });
  });
  afterAll(async () => {
    await edge?.close();
    await broker?.close();
    await cluster?.stop();
  });

  /** Runs the flow through a fault; then everything that was acknowledged must be in the log, once. */
  async function through(name: string, fault: (flow: Flow) => Promise<void>): Promise<void> {
    const flow = new Flow(edge.port, name, 8);
    try {
      await flow.goesOn(40);
      await fault(flow);
      await flow.goesOn(40);
    } finally {
      await flow.stop();
    }
    await cluster.untilHealthy();
    const losses = await findLosses(createEventLog(broker, { region: "local", shards }), flow.acknowledged);
    const gap = `longest time without a receipt ${(flow.longestGapMs / 1000).toFixed(1)} s`;
    say(`${name}: ${String(flow.acknowledged.length)} messages acknowledged, ${String(losses.length)} lost, ${gap}`);
    expect(losses).toEqual([]);
  }

  /** The member that the edge is connected to: the worst one to lose. */
  async function edgesMember(): Promise<Member> {
    return waitFor(async () => {
      for (const member of cluster.members) if (await member.hasClient("p4-edge")) return member;
      return null;
    });
  }

  it("has streams with three copies, made by the edge", async () => {
    const { config } = await broker.api<{ config: { num_replicas: number } }>("STREAM.INFO.P4_CHANNELS_local_0");
    expect(config.num_replicas).toBe(3);
  });

  it("loses nothing in a rolling restart", () =>
    through("rolling-restart", async (flow) => {
      for (const member of cluster.members) {
        await member.restart();
        await cluster.untilHealthy();
        await flow.goesOn(20);
      }
    }));

  it("goes on without the member that the edge was connected to", () =>
    through("member-lost", async (flow) => {
      const member = await edgesMember();
      await member.kill();
      await flow.goesOn(80);
      await member.startAgain();
      await cluster.untilHealthy();
    }));

  it("goes on when the edge's member is cut off from the others", () =>
    through("network-cut", async (flow) => {
      const member = await edgesMember();
      await member.leaveMesh();
      await flow.goesOn(80);
      await member.joinMesh();
      await cluster.untilHealthy();
    }));
});
