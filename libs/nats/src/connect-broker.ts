import { setTimeout as sleep } from "node:timers/promises";
import { AuthorizationError, connect, type NatsConnection } from "@nats-io/transport-node";
import { StoreError, isStoreError } from "@p4/event-store";
import { Broker } from "./broker.ts";
import { connectionOptions, createBackoff, inboxPrefixOf, redactedUrl, type BrokerOptions } from "./connect-options.ts";
import { assertServerVersion } from "./server-version.ts";

/**
 * Connects, and checks that the server is new enough and has JetStream. Rejects with STORE_UNAVAILABLE,
 * STORE_FORBIDDEN, STORE_SERVER_TOO_OLD or STORE_NOT_ENABLED. Later losses are repaired without end.
 */
export async function connectBroker(options: BrokerOptions): Promise<Broker> {
  const url = redactedUrl(options);
  const backoff = createBackoff();
  const end = performance.now() + (options.connectWithinMs ?? 10_000);
  const nc = await newEnough(options, end, () => backoff.next());
  backoff.reset();
  const onStatus = options.onStatus ?? (() => {});
  try {
    const requestTimeoutMs = options.requestTimeoutMs ?? 3_000;
    const inboxPrefix = inboxPrefixOf(options.name);
    const broker = new Broker(nc, { url, inboxPrefix, requestTimeoutMs, onStatus, onRecovered: () => backoff.reset() });
    await untilJetStreamAnswers(broker, end);
    onStatus({ type: "connected", server: nc.getServer(), version: broker.serverVersion });
    return broker;
  } catch (error) {
    await nc.close();
    throw error;
  }
}

/** A cluster that has just started has no leader yet, and leaves the question unanswered. */
async function untilJetStreamAnswers(broker: Broker, end: number): Promise<void> {
  for (;;) {
    try {
      await broker.api("INFO", undefined, 1_000);
      return;
    } catch (error) {
      if (!isStoreError(error, "STORE_UNAVAILABLE") || performance.now() >= end) throw error;
      await sleep(100);
    }
  }
}

/** Each try begins one server further on: one that is too old is passed over within as many tries as there are servers. */
async function newEnough(options: BrokerOptions, end: number, delay: () => number): Promise<NatsConnection> {
  const count = options.url.split(",").length;
  const firstStart = Math.floor(Math.random() * count);
  for (let attempt = 0; ; attempt++) {
    const nc = await firstConnection(options, end, delay, firstStart + attempt);
    try {
      assertServerVersion(nc.info?.version ?? "0.0.0", redactedUrl(options));
      return nc;
    } catch (error) {
      await nc.close();
      const hasAskedAll = attempt + 1 >= count;
      if (hasAskedAll && (count === 1 || performance.now() >= end)) throw error;
      if (hasAskedAll) await sleep(Math.min(delay(), Math.max(1, end - performance.now())));
    }
  }
}

async function firstConnection(
  options: BrokerOptions,
  end: number,
  delay: () => number,
  startAt: number,
): Promise<NatsConnection> {
  const url = redactedUrl(options);
  for (;;) {
    try {
      return await connect(connectionOptions(options, delay, startAt));
    } catch (cause) {
      if (cause instanceof AuthorizationError) {
        throw new StoreError("STORE_FORBIDDEN", `${url} refuses the login`, { cause });
      }
      if (performance.now() >= end) {
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw new StoreError("STORE_UNAVAILABLE", `nothing to talk to at ${url} (${reason}): is nats-server running?`, {
          cause,
        });
      }
      await sleep(Math.min(delay(), Math.max(1, end - performance.now())));
    }
  }
}
