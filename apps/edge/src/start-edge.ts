import { docsRoutes } from "@p4/api-docs";
import { isLogError, stateName } from "@p4/channel";
import type { FollowedChannel } from "@p4/channel-host";
import { openConsole } from "@p4/console";
import { ByteBudget, SendQueues, startServer, TokenBuckets, type HttpServer } from "@p4/http";
import {
  callbackCounter,
  healthChecks,
  homeLeft,
  homeMetrics,
  logMoney,
  moneyMetrics,
  openChannelNode,
  placementOf,
  replicaMetrics,
  traceMetrics,
  RevokedTokens,
  tracingOf,
  proofRoutesOf,
  watchHeaders,
  type ChannelNode,
  type RunningApp,
} from "@p4/app";
import { nodeCrypto, uuid } from "@p4/node-crypto";
import { closeCodes } from "@p4/protocol";
import { closeInOrder, createMetrics, limitedNotes, operationsRoutes, Readiness } from "@p4/telemetry";
import { AdmissionControl } from "./admission/admission-control.ts";
import { bridgeRoutes, exposedHeaders } from "./bridge/bridge-routes.ts";
import { Connections } from "./connections.ts";
import { CountedUse } from "./counted-use.ts";
import { Delivery, type DeliveryListener } from "./delivery.ts";
import { durabilityCheck } from "./durability-check.ts";
import type { EdgeContext } from "./edge-context.ts";
import { edgeLimits } from "./edge-limits.ts";
import { edgeMetrics } from "./edge-metrics.ts";
import { joinPolicyOf, type EdgeOptions } from "./edge-options.ts";
import { Grants } from "./grants.ts";
import { HomeGate } from "./home-gate.ts";
import { startSweeping } from "./sweep-followed.ts";
import { joinErrorList, messageErrorList } from "./errors.ts";
import { healthRoute } from "./health-channel.ts";
import { MerchantQueue } from "./merchant-queue.ts";
import { Newcomers } from "./newcomers.ts";
import { NodeMemory } from "./node-memory.ts";
import { addressLimit } from "./send-refusal.ts";
import { pageAssets, pageRoutes } from "./pages/page-routes.tsx";
import { walletSocketRoute } from "./wallet-socket.ts";

/** A running edge node. */
export interface Edge extends RunningApp {
  readonly port: number;
  readonly nodeId: string;
  /** Stops joins, lets appends in flight finish, sends every peer on (4200), to the home where it has left, leaves the broker. */
  close(): Promise<void>;
}

/** How long a request of the HTTP bridge waits for the merchant, and what `Prefer: wait=` may ask for. */
const bridgeWaits = { defaultWaitMs: 10_000, maxWaitMs: 60_000 };
/** Joins being decided at the same time. */
const maxJoinsUnderWay = 2_000;
const drainDeadlineMs = 8_000;

/**
 * Starts an edge node: wallets' sockets over the channel actors.
 *
 * @throws StoreError when the broker cannot serve, HttpServerError when the address cannot be had.
 */
export async function startEdge(options: EdgeOptions): Promise<Edge> {
  const { config, logger } = options;
  const connections = new Connections();
  const metrics = createMetrics("edge");
  const [countMoney, noteMoney] = [moneyMetrics(metrics), logMoney(logger)];
  const tracing = tracingOf(config, "edge", logger);
  const node = await openChannelNode({
    natsUrl: options.natsUrl,
    name: "p4-edge",
    onStored: (stored) => {
      countMoney(stored);
      noteMoney(stored);
    },
    ...placementOf(config),
    onFault: (channelId, error) => {
      logger.error({ channelId, error }, "channel fault");
      // An event that this node cannot read: a newer node's, or damage. Another node may know better.
      if (isLogError(error)) connections.sendAway(channelId, "this node has lost the channel: join again");
    },
    isAlive: (connectionId) => connections.isAlive(connectionId),
    tracing,
    alwaysReplay: options.alwaysReplay ?? false,
    watchesClock: options.watchesClock ?? true,
    ...(options.groupCommit === undefined ? {} : { groupCommit: options.groupCommit }),
    ...(options.wrap === undefined ? {} : { wrap: options.wrap }),
    onStatus: (status) => {
      if (status.type !== "error") return logger.info({ broker: status }, "broker");
      logger.error({ error: status.error }, "broker");
    },
  });
  const revoked = await followRevoked(node, options);
  const grants = new Grants({ nowMs: Date.now, isRevoked: (tokenId) => revoked?.has(tokenId) ?? false });
  const draining = new AbortController();
  const memory = new NodeMemory({
    maxHeldBytes: config.maxHeldBytes,
    channels: () => ({ count: node.registry.size, heldBytes: node.registry.heldBytes }),
    sendQueues: new SendQueues(),
    onFull: (shareBytes) => connections.sendHeaviestAway(shareBytes),
  });
  const limits = { ...edgeLimits(config), ...options.limits };
  const bytes = new ByteBudget(limits, performance.now());
  const admission = new AdmissionControl(memory, options.admission);
  const counters = edgeMetrics(metrics, {
    channels: () => connections.channelCount,
    states: () => statesOf(connections.channels()),
    limits: config,
    connections: () => connections.size,
    admission,
    heldBytes: () => memory.heldBytes,
    queuedBytes: () => memory.sendQueues.queuedBytes,
    maxHeldBytes: () => memory.maxHeldBytes,
  });
  const { home } = node;
  homeMetrics(metrics, config.region, home);
  replicaMetrics(metrics, node.replicas);
  if (tracing !== null) traceMetrics(metrics, tracing);
  const gate = new HomeGate({ home, siteUrls: config.siteUrls ?? [], closing: draining.signal, atFirst: "here" });
  const onDelivered: DeliveryListener =
    tracing === null
      ? () => counters.frameDelivered()
      : (event, channelId) => {
          counters.frameDelivered();
          tracing.delivered(event, channelId);
        };
  const context: EdgeContext = {
    nodeId: node.nodeId,
    connections,
    joins: new CountedUse(),
    listeners: new CountedUse(),
    delivery: new Delivery(onDelivered),
    merchantQueue: new MerchantQueue(),
    registry: node.registry,
    log: node.log,
    isConnectionAlive: (nodeId, connectionId) => node.isConnectionAlive(nodeId, connectionId),
    policy: joinPolicyOf(config),
    grants,
    channelTtlMs: config.channelTtlMs,
    ackGraceMs: config.ackGraceMs,
    limits,
    bridge: bridgeWaits,
    metrics: counters,
    admission,
    memory,
    bytes,
    newcomers: new Newcomers(),
    refusals: new TokenBuckets(addressLimit, performance.now()),
    crypto: nodeCrypto,
    nowMs: Date.now,
    newId: uuid,
    home: gate,
    unready: () => {
      if (draining.signal.aborted) return "this node is shutting down";
      const { rejectsJoins, code } = node.broker.health.verdict;
      if (rejectsJoins) return code === null ? "the broker is away" : "the broker stores nothing at the moment";
      return home.trouble ?? node.clock.trouble;
    },
    draining: draining.signal,
    tracing,
    onError: (error, where) => logger.error({ error, where }, "edge error"),
    note: limitedNotes(logger, performance.now()),
  };
  const readiness = new Readiness();
  healthChecks(readiness, node);
  readiness.add("durability", durabilityCheck(node.broker, config));
  // One node can serve everything; an app of its own takes the callbacks where they must not share a process with wallets.
  const proofs = proofRoutesOf(node, config, {
    tracing,
    onCallback: callbackCounter(metrics),
    onError: (error) => context.onError(error, "proof callback"),
  });
  const routes = [...operationsRoutes(readiness, metrics), ...bridgeRoutes(context), ...proofs].map((route) =>
    bytes.guard(route),
  );
  const assets = pageAssets();
  const tell = (action: object) => logger.info({ action }, "console");
  const operatorsConsole = openConsole({
    ...context,
    config,
    node,
    assets,
    trouble: context.unready,
    tell,
    metrics,
    readiness,
  });
  const webSockets = [healthRoute(context), walletSocketRoute(context)];
  try {
    options.beforeListen?.();
    const server = await startServer({
      host: config.host,
      port: config.port,
      portVariable: "P4_PORT",
      routes: [
        ...routes,
        ...pageRoutes(config, readiness, assets),
        ...operatorsConsole.routes,
        ...docsRoutes({
          routes,
          sockets: webSockets.map(({ path }) => path),
          messageErrors: messageErrorList,
          joinErrors: joinErrorList,
        }),
      ],
      webSockets,
      cors: { origins: "*", exposeHeaders: exposedHeaders },
      trustedProxies: config.trustedProxies ?? [],
      sendQueues: memory.sendQueues,
      limits: {
        maxConnections: config.maxConnections,
        maxConnectionsPerIp: config.maxConnectionsPerIp,
        maxUpgradesPerIpPerSecond: config.joinRatePerIp,
        maxUpgradesUnderWay: maxJoinsUnderWay,
      },
      onError: context.onError,
    });
    const cutOff = "Connections closed unanswered since the start: their address joined on although it was refused";
    metrics.count("edge_connections_cut_off_total", cutOff, () => server.stats().connectionsCutOff);
    const stopSweeping = startSweeping(
      () => connections.channels(),
      (error) => logger.warn({ error }, "an overdue channel is not expired yet"),
    );
    const stopWatching = watchHeaders(node, config, (error) => logger.warn({ error }, "waiting proofs"));
    const stopSeating = context.merchantQueue.start(context);
    let closing: Promise<void> | undefined;
    const close = async (): Promise<void> => {
      draining.abort();
      readiness.drain();
      admission.stop();
      operatorsConsole.close();
      stopSweeping();
      grants.stop();
      revoked?.close();
      stopWatching();
      stopSeating();
      await drain(connections, server, node, gate.closeReason ?? "drain: go on at another node").finally(() =>
        tracing?.close(),
      );
    };
    const left = homeLeft(home);
    return {
      port: server.port,
      nodeId: node.nodeId,
      homeLeft: left,
      leaveAddress: () => server.stopListening(),
      close: () => (closing ??= close()),
    };
  } catch (error) {
    await node.close();
    throw error;
  }
}

/** Null: no tokens are asked for. */
async function followRevoked(node: ChannelNode, { config, logger }: EdgeOptions): Promise<RevokedTokens | null> {
  if (config.joinPolicy !== "token") return null;
  try {
    return await RevokedTokens.follow(node.revokedTokens, (error) => logger.error({ error }, "revoked tokens"));
  } catch (error) {
    await node.close();
    throw error;
  }
}

/** How many channels are in each state. */
function statesOf(channels: Iterable<FollowedChannel>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { channel } of channels) {
    const state = stateName(channel.snapshot);
    counts.set(state, (counts.get(state) ?? 0) + 1);
  }
  return counts;
}

function drain(connections: Connections, server: HttpServer, node: ChannelNode, reason: string): Promise<void> {
  return closeInOrder(
    () => sendAllAway(connections, reason),
    () => server.close({ code: closeCodes.joinElsewhere.code, reason }),
    () => node.close(),
  );
}

async function sendAllAway(connections: Connections, reason: string): Promise<void> {
  const deadlineMs = performance.now() + drainDeadlineMs;
  const remain = (): boolean => connections.size > 0 || connections.joining > 0;
  // New messages keep coming until a socket is closed: each socket is closed at a moment when nothing of it is in flight. One
  // whose join is under way may have sent some already.
  while (remain() && performance.now() < deadlineMs) {
    for (const connection of [...connections]) {
      if (connection.inFlight > 0) continue;
      connection.socket?.close(closeCodes.joinElsewhere.code, reason);
    }
    if (remain()) await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
