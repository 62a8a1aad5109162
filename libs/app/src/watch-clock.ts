import { isStoreError, StoreError } from "@p4/event-store";
import { createBrokerClock, type Broker, type BrokerClock } from "@p4/nats";
import type { CheckResult } from "@p4/telemetry";

const compareEveryMs = 10_000;

export interface WatchedClock {
  readonly clock: BrokerClock;
  readonly stop: () => void;
}

/**
 * Compares this machine's clock with the broker's, now and again and again. The returned promise waits for the first
 * comparison, so that a node which is off judges no channel; a broker that does not answer is left to the next one.
 */
export async function watchClock(broker: Broker, region: string): Promise<WatchedClock> {
  const clock = createBrokerClock(broker, { region });
  let known: string | null = null;
  const compare = async (): Promise<void> => {
    if (!broker.ready()) return;
    try {
      await clock.compare();
    } catch (error) {
      if (!isStoreError(error)) throw error;
      return;
    }
    const { trouble } = clock;
    if (trouble !== null && known === null) broker.report(new StoreError("STORE_CLOCK_OFF", trouble));
    known = trouble;
  };
  await compare();
  const timer = setInterval(
    () => void compare().catch((error: unknown) => broker.report(error as Error)),
    compareEveryMs,
  );
  timer.unref();
  const stopListening = broker.onReconnect(() => void compare().catch(() => undefined));
  return {
    clock,
    stop() {
      clearInterval(timer);
      stopListening();
    },
  };
}

/** One that is compared with nothing, and so never wrong. */
export function unwatchedClock(broker: Broker, region: string): WatchedClock {
  return { clock: createBrokerClock(broker, { region }), stop: () => undefined };
}

/** For `/readyz`. */
export function clockCheck({ aheadMs, trouble }: BrokerClock): CheckResult {
  const facts = aheadMs === null ? {} : { aheadMs: Math.round(aheadMs) };
  return trouble === null ? { ok: true, facts } : { ok: false, detail: trouble, facts };
}
