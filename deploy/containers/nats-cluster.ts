import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { freePort } from "@p4/nats-server/testing";
import { waitFor } from "@p4/testkit";
import { GenericContainer, Network, Wait, getContainerRuntimeClient } from "testcontainers";
import type { StartedNetwork, StartedTestContainer } from "testcontainers";

const members = ["nats-a", "nats-b", "nats-c"] as const;
/** Removed by this label, should a run die before it cleans up. */
const label = { "p4.containers-test": "true" };

/** The very files that a cluster is deployed with: durability, zones, limits, routes. */
const deployed = (name: string) => {
  return { content: readFileSync(new URL(`../cluster/${name}`, import.meta.url), "utf8"), target: `/conf/${name}` };
};

/**
 * One nats-server in a container, on two private networks: its own one, where clients come from, and the mesh, where the
 * servers talk to each other. Its port on this machine stays the same over restarts.
 */
export class Member {
  readonly name: string;
  readonly url: string;
  readonly #container: StartedTestContainer;
  readonly #mesh: StartedNetwork;
  readonly #monitorUrl: string;

  constructor(name: string, container: StartedTestContainer, mesh: StartedNetwork, port: number, monitorPort: number) {
    this.name = name;
    this.#container = container;
    this.#mesh = mesh;
    this.url = `nats://${container.getHost()}:${String(port)}`;
    this.#monitorUrl = `http://${container.getHost()}:${String(monitorPort)}`;
  }

  async joinMesh(): Promise<void> {
    const docker = await dockerApi();
    const EndpointConfig = { Aliases: [this.name] };
    await docker.getNetwork(this.#mesh.getId()).connect({ Container: this.#container.getId(), EndpointConfig });
  }

  /** The other servers are gone for it, and it for them; its clients still reach it. */
  async leaveMesh(): Promise<void> {
    const docker = await dockerApi();
    await docker.getNetwork(this.#mesh.getId()).disconnect({ Container: this.#container.getId(), Force: true });
  }

  async restart(): Promise<void> {
    const docker = await dockerApi();
    await docker.getContainer(this.#container.getId()).restart({ t: 10 });
  }

  async kill(): Promise<void> {
    const docker = await dockerApi();
    await docker.getContainer(this.#container.getId()).kill();
  }

  async startAgain(): Promise<void> {
    const docker = await dockerApi();
    await docker.getContainer(this.#container.getId()).start();
  }

  /** True once it has caught up with its streams. */
  async isHealthy(): Promise<boolean> {
    return (await fetch(`${this.#monitorUrl}/healthz`, { signal: AbortSignal.timeout(2_000) })).ok;
  }

  async hasClient(name: string): Promise<boolean> {
    const answer = await fetch(`${this.#monitorUrl}/connz`, { signal: AbortSignal.timeout(2_000) });
    const { connections = [] } = (await answer.json()) as { connections?: { name?: string }[] };
    return connections.some((connection) => connection.name === name);
  }

  async metaClusterSize(): Promise<number> {
    const answer = await fetch(`${this.#monitorUrl}/jsz`, { signal: AbortSignal.timeout(2_000) });
    const { meta_cluster: meta } = (await answer.json()) as {
      meta_cluster?: { leader?: string; cluster_size?: number };
    };
    return meta?.leader === undefined || meta.leader === "" ? 0 : (meta.cluster_size ?? 0);
  }

  async stop(): Promise<void> {
    await this.#container.stop();
  }
}

export interface NatsCluster {
  readonly members: readonly Member[];
  /** All members, for a client. */
  readonly url: string;
  untilHealthy(): Promise<void>;
  stop(): Promise<void>;
}

export async function startNatsCluster(image: string): Promise<NatsCluster> {
  await removeLeftovers();
  // An engine publishes a container's ports on the first of its networks in the order of their names: it has to be the
  // member's own one, or a member that leaves the mesh would lose its clients too.
  const mesh = await network("z-mesh");
  const networks = [mesh];
  const started: Member[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((member) => member.stop()));
    await Promise.all(networks.map((network) => network.stop()));
  };
  try {
    for (const name of members) {
      const own = await network("own");
      networks.push(own);
      const member = await startMember(name, image, own, mesh);
      started.push(member);
      await member.joinMesh();
    }
    const cluster = {
      members: started,
      url: started.map(({ url }) => url).join(","),
      stop,
      async untilHealthy() {
        for (const member of started) {
          await waitFor(() => member.isHealthy(), { timeoutMs: 90_000, intervalMs: 200, description: member.name });
        }
      },
    };
    await waitFor(
      async () => (await Promise.all(started.map((m) => m.metaClusterSize()))).every((size) => size === 3),
      {
        timeoutMs: 60_000,
        intervalMs: 200,
        description: "three members and a leader",
      },
    );
    return cluster;
  } catch (error) {
    await stop();
    throw error;
  }
}

function network(prefix: string): Promise<StartedNetwork> {
  return new Network({ nextUuid: () => `p4-${prefix}-${randomUUID()}` }).start();
}

async function startMember(name: string, image: string, own: StartedNetwork, mesh: StartedNetwork): Promise<Member> {
  const [port, monitorPort] = [await freePort(), await freePort()];
  const container = await new GenericContainer(image)
    .withLabels(label)
    .withNetwork(own)
    .withExposedPorts({ container: 4222, host: port }, { container: 8222, host: monitorPort })
    .withCopyContentToContainer([deployed("nats.conf"), deployed(`${name}.conf`)])
    .withCommand(["-c", `/conf/${name}.conf`, "-js", "-sd", "/data"])
    // An image without a shell: the default strategy would never find it ready.
    .withWaitStrategy(Wait.forLogMessage("Server is ready"))
    .withStartupTimeout(60_000)
    .start();
  return new Member(name, container, mesh, port, monitorPort);
}

async function dockerApi() {
  return (await getContainerRuntimeClient()).container.dockerode;
}

async function removeLeftovers(): Promise<void> {
  const docker = await dockerApi();
  const filters = { label: [`${Object.keys(label)[0] ?? ""}=true`] };
  for (const { Id } of await docker.listContainers({ all: true, filters })) {
    await docker.getContainer(Id).remove({ force: true, v: true });
  }
}
