import { ChannelRegistry, type ActorRuntime } from "@p4/channel-host";
import {
  withClaimCheck,
  type DeadlineStore,
  type DocumentStore,
  type EventLog,
  type LiveFeed,
  type Presence,
} from "@p4/event-store";
import {
  askJetStream,
  assertLog,
  assertMayListen,
  connectBroker,
  createBlobStore,
  createDeadlineStore,
  createDocumentStore,
  createEventLog,
  createLiveFeed,
  createPresence,
  endOfLog,
  followCopies,
  listChannels,
  provision,
  watchHome,
  watchReplicas,
  withCopies,
  WriteEpochs,
  type Broker,
  type BrokerAccess,
  type BrokerClock,
  type BrokerStatus,
  type FollowedCopies,
  type GroupCommitMode,
  type HomeWatch,
  type ReplicaWatch,
} from "@p4/nats";
import { sha256Hex, uuid } from "@p4/node-crypto";
import { settledWithin } from "@p4/telemetry/settled-within";
import { ChannelIndex } from "@p4/read-models";
import { OverdueChannels } from "@p4/read-models";
import type { StoredHere } from "./stored-here.ts";
import type { ChannelTracing } from "./tracing/channel-tracing.ts";
import { startProbing } from "./probe-store.ts";
import { unwatchedClock, watchClock, type WatchedClock } from "./watch-clock.ts";
import { startReconciling } from "@p4/channel-host";

/** The two ports that the actors' truth comes by. */
export interface ChannelPorts {
  readonly log: EventLog;
  readonly feed: LiveFeed;
}

export interface ChannelNodeOptions {
  readonly natsUrl: string;
  /** Default: the login of the URL. */
  readonly access?: BrokerAccess;
  /** Shown in the broker's monitoring, for example `p4-edge`. */
  readonly name: string;
  readonly region: string;
  readonly shards: number;
  readonly replicas: number;
  readonly retentionMs: number;
  /** Names of all sites of the deployment, of which a majority confirms the region's home; default: there is one. */
  readonly sites?: readonly string[];
  /** Whether one of this node's connections still lives. Nodes without connections leave it out. */
  readonly isAlive?: (connectionId: string) => boolean;
  readonly alwaysReplay?: boolean;
  /** How appends leave that wait for one stream; default: adaptive. Failure tests force it on and off. */
  readonly groupCommit?: GroupCommitMode;
  /** Whether to set up what the broker lacks; default true. An operator's tool must not: it may look at a wrong broker. */
  readonly setUp?: boolean;
  /** Whether to compare this machine's clock with the broker's; default true. Tests that move their own clock must not. */
  readonly watchesClock?: boolean;
  /** How long the first connection is tried for; 10 s. */
  readonly connectWithinMs?: number;
  readonly onStatus?: (status: BrokerStatus) => void;
  readonly onFault?: (channelId: string, error: unknown) => void;
  /** Hears of each event that this node stores. */
  readonly onStored?: (stored: StoredHere) => void;
  /** Null or left out: nothing is traced. */
  readonly tracing?: ChannelTracing | null;
  /** Puts something between the actors and the broker: measurements, or the faults of a failure test. */
  readonly wrap?: (ports: ChannelPorts) => ChannelPorts;
}

/** A process's share of the system: its connection to the broker and the channel actors over it. */
export interface ChannelNode {
  readonly nodeId: string;
  readonly broker: Broker;
  /** Where the region's home is: nothing is stored from a site that is not. */
  readonly home: HomeWatch;
  /** Whether the log's copies keep up. While one does not, the log is read as its leaders have it. */
  readonly replicas: ReplicaWatch;
  /** Beside the broker's. A node that is off expires no channel. */
  readonly clock: BrokerClock;
  readonly log: EventLog;
  readonly deadlines: DeadlineStore;
  /** Proofs by transaction, kept after their channel has ended. */
  readonly proofs: DocumentStore;
  /** Those of transactions that no channel has submitted. */
  readonly strayProofs: DocumentStore;
  readonly revokedTokens: DocumentStore;
  /** What operators search channels by. */
  readonly index: ChannelIndex;
  /** Open channels past their deadline, whatever became of their timers. */
  readonly overdue: OverdueChannels;
  readonly registry: ChannelRegistry;
  /** Asks the node that the connection is on. A node that does not answer in time is taken for alive. */
  isConnectionAlive(nodeId: string, connectionId: string): Promise<boolean>;
  /** Takes five seconds at most. Rejects with STORE_UNAVAILABLE when the broker is silent, and has left it all the same. */
  close(): Promise<void>;
}

/**
 * Connects, sets up what the broker lacks, and assembles the actors.
 *
 * @throws StoreError naming what is unreachable, too old, forbidden or configured otherwise.
 */
export async function openChannelNode(options: ChannelNodeOptions): Promise<ChannelNode> {
  const { region, shards, replicas, retentionMs } = options;
  const broker = await connectBroker({
    url: options.natsUrl,
    name: options.name,
    ...(options.access === undefined ? {} : { access: options.access }),
    ...(options.connectWithinMs === undefined ? {} : { connectWithinMs: options.connectWithinMs }),
    ...(options.onStatus === undefined ? {} : { onStatus: options.onStatus }),
  });
  try {
    if (options.setUp === false) await assertLog(broker, { region, shards });
    else {
      await provision(broker, { region, shards, replicas, retentionMs, documents: documentBuckets(retentionMs) });
      await assertMayListen(broker, { region, shards });
    }
    const watched = options.watchesClock === false ? unwatchedClock(broker, region) : await watchClock(broker, region);
    const copies = followCopies(broker, { region, shards });
    const onConfirmers: FollowedCopies["require"] = (confirmers, isHome) => copies.require(confirmers, isHome);
    const home = watchHome(broker, { region, sites: options.sites ?? [], onConfirmers });
    // Without their word nothing may be stored.
    await home.asked;
    return assemble(broker, options, watched, home, copies);
  } catch (error) {
    await broker.close();
    throw error;
  }
}

/**
 * A summary is written after the channel's last event, so it leaves with the log's age a little later than the log.
 * `records` is what operators wrote down about channels: which are archived, which must be kept. It stays.
 */
export const documentBuckets = (retentionMs: number) => ({
  proofs: {},
  // Anyone can make up a transaction. With what libs/proofs keeps of one, this many are some 140 MB at the most.
  strays: { maxAgeMs: 24 * 60 * 60 * 1000, maxDocuments: 2_048 },
  records: {},
  // Join tokens that count no more.
  revoked: {},
  index: { maxAgeMs: retentionMs },
});

/** Other nodes are told in this time that this one's connections are gone. */
const leaveWithinMs = 1_000;

/** Half of what the broker takes in one message: its answers to some questions hold the event in base64. */
function largestEventBytes(broker: Broker): number {
  return Math.floor(broker.maxPayloadBytes / 2);
}

function assemble(
  broker: Broker,
  options: ChannelNodeOptions,
  { clock, stop }: WatchedClock,
  home: HomeWatch,
  copies: FollowedCopies,
): ChannelNode {
  const { region, shards, tracing = null } = options;
  const nodeId = uuid();
  const presence: Presence = createPresence(broker, { region, nodeId, isAlive: options.isAlive ?? null });
  const replicas = watchReplicas(broker, { region, shards });
  const atHome = {
    log: createEventLog(broker, {
      region,
      shards,
      epochs: new WriteEpochs({ onHomeMoved: () => home.ask(), leaseLeftMs: (epoch) => home.leaseLeftMs(epoch) }),
      isSuspect: (shard) => replicas.isSuspect(shard),
      ...(options.groupCommit === undefined ? {} : { groupCommit: options.groupCommit }),
    }),
    feed: createLiveFeed(broker, { region, shards, withTraces: tracing !== null }),
  };
  // A broker without a JetStream domain has no other site.
  const counted = broker.site === null ? atHome : withCopies(atHome, copies.gate, shards);
  const stored = withClaimCheck(counted.log, counted.feed, createBlobStore(broker, { region }), {
    thresholdBytes: largestEventBytes(broker),
    sha256Hex,
  });
  const traced = tracing?.wrap(stored, nodeId) ?? stored;
  const { log: wrapped, feed } = options.wrap?.(traced) ?? traced;
  const log = broker.health.watch(wrapped, shards);
  const deadlines = createDeadlineStore(broker, { region });
  const runtime: ActorRuntime = {
    log,
    feed,
    deadlines,
    isConnectionAlive: (node, connection) => presence.probe(node, connection),
    nowMs: Date.now,
    clockTrouble: () => clock.trouble,
    copyClass: () => home.copyClass,
    newId: uuid,
    sha256Hex,
    delay: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    onFault: options.onFault ?? (() => undefined),
    onStored: (event, channel, channelId) => options.onStored?.({ event, channel, channelId, nodeId }),
    ...(tracing === null ? {} : { decide: tracing.decide }),
    alwaysReplay: options.alwaysReplay ?? false,
  };
  const registry = new ChannelRegistry(runtime);
  const documents = createDocumentStore(broker, { region, name: "index" });
  const index = new ChannelIndex({
    documents,
    log,
    scan: (options) => counted.log.scan(options),
    listChannels: () => listChannels(broker, { region, shards }),
    endOfLog: () => endOfLog(broker, { region, shards }),
  });
  const stopReconciling = startReconciling(registry, () => broker.ready());
  const stopAsking = askJetStream(broker);
  const strayProofs = createDocumentStore(broker, { region, name: "strays" });
  // An operator's tool stores nothing to find out.
  const stopProbing =
    options.setUp === false ? () => undefined : startProbing({ broker, log, strayProofs, nodeId }, shards);
  return {
    nodeId,
    broker,
    home,
    replicas,
    clock,
    log,
    deadlines,
    proofs: createDocumentStore(broker, { region, name: "proofs" }),
    strayProofs,
    revokedTokens: createDocumentStore(broker, { region, name: "revoked" }),
    index,
    overdue: new OverdueChannels({ documents, index }),
    registry,
    isConnectionAlive: (node, connection) => presence.probe(node, connection),
    async close() {
      stop();
      home.stop();
      copies.stop();
      replicas.stop();
      stopReconciling();
      stopAsking();
      stopProbing();
      registry.close();
      const left = presence.close();
      // A silent broker fails it only after a while, and is left all the same: the close of the connection settles it too.
      await settledWithin(left, leaveWithinMs);
      await broker.close();
      await left;
    },
  };
}
