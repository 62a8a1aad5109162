import { byteRates, type Config } from "@p4/config";
import { ByteBudget, startServer, type ByteRates } from "@p4/http";
import {
  callbackCounter,
  healthChecks,
  homeLeft,
  homeMetrics,
  logMoney,
  moneyMetrics,
  openChannelNode,
  placementOf,
  proofRoutesOf,
  replicaMetrics,
  reportsTo,
  traceMetrics,
  tracingOf,
  watchHeaders,
  type RunningApp,
} from "@p4/app";
import { closeInOrder, createMetrics, operationsRoutes, Readiness, type Logger } from "@p4/telemetry";

export interface ProofIngestOptions {
  readonly config: Config;
  readonly logger: Logger;
  readonly natsUrl: string;
  /** Other rates than the usual, for tests. */
  readonly byteRates?: Partial<ByteRates>;
  /** Called before it listens. */
  readonly beforeListen?: () => void;
}

export interface ProofIngest extends RunningApp {
  readonly port: number;
  /** Finishes the callbacks under way, then leaves the broker. */
  close(): Promise<void>;
}

/**
 * Starts a server for miners' callbacks. Any number of them may run: the log decides between them.
 *
 * @throws StoreError when the broker cannot serve, HttpServerError when the address cannot be had.
 */
export async function startProofIngest(options: ProofIngestOptions): Promise<ProofIngest> {
  const { config, logger, natsUrl, beforeListen } = options;
  const metrics = createMetrics("proof-ingest");
  const [count, log] = [moneyMetrics(metrics), logMoney(logger)];
  const tracing = tracingOf(config, "proof-ingest", logger);
  const node = await openChannelNode({
    natsUrl,
    tracing,
    name: "p4-proof-ingest",
    ...placementOf(config),
    ...reportsTo(logger),
    onStored: (stored) => {
      count(stored);
      log(stored);
    },
  });
  const readiness = new Readiness();
  healthChecks(readiness, node);
  homeMetrics(metrics, config.region, node.home);
  replicaMetrics(metrics, node.replicas);
  if (tracing !== null) traceMetrics(metrics, tracing);
  const proofs = proofRoutesOf(node, config, {
    tracing,
    onCallback: callbackCounter(metrics),
    onError: (error) => logger.error({ error }, "proof callback"),
  });
  const bytes = new ByteBudget({ ...byteRates, ...options.byteRates }, performance.now());
  const routes = [...operationsRoutes(readiness, metrics), ...proofs].map((route) => bytes.guard(route));
  try {
    beforeListen?.();
    const server = await startServer({
      host: config.host,
      port: config.proofPort,
      portVariable: "P4_PROOF_PORT",
      routes,
      cors: { origins: "*" },
      trustedProxies: config.trustedProxies ?? [],
      onError: (error, where) => logger.error({ error, where }, "proof-ingest error"),
    });
    const stopWatching = watchHeaders(node, config, (error) => logger.warn({ error }, "waiting proofs"));
    const close = async (): Promise<void> => {
      readiness.drain();
      stopWatching();
      await closeInOrder(
        () => server.close(),
        () => node.close(),
      ).finally(() => tracing?.close());
    };
    return {
      port: server.port,
      homeLeft: homeLeft(node.home),
      leaveAddress: () => server.stopListening(),
      close,
    };
  } catch (error) {
    await node.close();
    throw error;
  }
}
