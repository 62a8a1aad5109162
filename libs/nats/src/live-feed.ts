import { StoreError, type LiveFeed } from "@p4/event-store";
import type { Broker } from "./broker.ts";
import { readRepublished } from "./republished.ts";
import { channelAddress, createNames } from "./subjects.ts";
import type { EventLogOptions } from "./event-log.ts";

export interface LiveFeedOptions extends EventLogOptions {
  /** Whether events are told with the trace context that they were appended with; default false. */
  readonly withTraces?: boolean;
}

/** What the streams republish, by one core subscription per channel: no consumer, nothing to recreate. */
export function createLiveFeed(broker: Broker, options: LiveFeedOptions): LiveFeed {
  const names = createNames(options.region, options.shards);
  return {
    subscribe(channelId, listener) {
      const { liveSubject } = channelAddress(names, channelId);
      return broker.subscribe(liveSubject, (message) =>
        listener({ channelId, ...readRepublished(message, liveSubject, options.withTraces) }),
      );
    },
    onReconnect: (listener) => ({ unsubscribe: broker.onReconnect(listener) }),
    settled: () => broker.flush(),
  };
}

/**
 * Asks the broker whether this user may listen to channels: the refusal of a subscription comes late and by the side, and
 * leaves a node that hears nothing. Rejects with STORE_FORBIDDEN.
 */
export async function assertMayListen(broker: Broker, options: EventLogOptions): Promise<void> {
  const { liveSubject } = channelAddress(createNames(options.region, options.shards), "may-i-listen");
  const refusals: Error[] = [];
  const subscription = broker.nc.subscribe(liveSubject, {
    callback: (error) => {
      if (error !== null) refusals.push(error);
    },
  });
  await broker.flush();
  subscription.unsubscribe();
  const [cause] = refusals;
  if (cause === undefined) return;
  throw new StoreError("STORE_FORBIDDEN", `subscription on ${liveSubject} at ${broker.url}`, { cause });
}
