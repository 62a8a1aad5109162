import { isStoreError, type EventLog, type LiveEvent, type LiveFeed } from "@p4/event-store";
import type { ChannelPorts } from "@p4/app";

/** Ways to break the edge on purpose: the checker has to find each of them, or its silence means nothing. */
export const sabotages = {
  /** Appends without the expected version: replicas overwrite each other's decisions. */
  "no-occ": withoutExpectedVersion,
  /** Tells this edge's wallets of an event before the log has it. */
  "deliver-before-store": deliverBeforeStore,
  /** Answers for a group of appends before it is stored: what a batch would be whose commit nobody waits for. */
  "early-acknowledgement": acknowledgeEarly,
  /** Hears nothing of what other nodes store, and never compares with the log. */
  "deaf-edge": deaf,
  /** Hears the live feed, but never compares with the log what it may have missed: for `npm run chaos -- outage`. */
  "no-comparison": withoutComparison,
  /** Keeps the subscription of each channel that was looked up and not there: for `npm run chaos -- strangers`. */
  "leaked-subscription": leakSubscriptions,
  /** Queues every answer behind the largest append: for `npm run chaos -- strangers`. */
  "late-answers": answerLate,
} as const satisfies Record<string, (ports: ChannelPorts) => ChannelPorts>;

/** Nothing bounds what one channel, connection or address may add: for `npm run chaos -- strangers`. */
export const unbounded = { maxChannelBytes: 2 ** 30, byteRatePerConnection: 2 ** 30, byteRatePerIp: 2 ** 34 } as const;

export type Sabotage = keyof typeof sabotages;

export function isSabotage(name: string): name is Sabotage {
  return Object.hasOwn(sabotages, name);
}

function withoutExpectedVersion({ log, feed }: ChannelPorts): ChannelPorts {
  const appendToStream: EventLog["appendToStream"] = async (request) => {
    for (;;) {
      try {
        return await log.appendToStream(request);
      } catch (error) {
        if (!isStoreError(error, "STORE_VERSION_CONFLICT")) throw error;
        const stored = await log.readStream(request.channelId, { consistent: true });
        request = { ...request, expectedStreamVersion: stored.at(-1)?.streamVersion ?? 0 };
      }
    }
  };
  return { feed, log: { ...bound(log), appendToStream } };
}

function deliverBeforeStore({ log, feed }: ChannelPorts): ChannelPorts {
  const listeners = new Map<string, Set<(event: LiveEvent) => void>>();
  const appendToStream: EventLog["appendToStream"] = (request) => {
    const { channelId, bytes, expectedStreamVersion: previousStreamVersion } = request;
    const early = { channelId, bytes, previousStreamVersion, storedAtMs: Date.now() };
    for (const listener of listeners.get(channelId) ?? []) {
      listener({ ...early, streamVersion: previousStreamVersion + 1 });
    }
    return log.appendToStream(request);
  };
  const subscribe: LiveFeed["subscribe"] = (channelId, listener) => {
    const own = listeners.get(channelId) ?? new Set();
    listeners.set(channelId, own.add(listener));
    const subscription = feed.subscribe(channelId, listener);
    return {
      unsubscribe() {
        own.delete(listener);
        subscription.unsubscribe();
      },
    };
  };
  return { log: { ...bound(log), appendToStream }, feed: { ...boundFeed(feed), subscribe } };
}

function acknowledgeEarly({ log, feed }: ChannelPorts): ChannelPorts {
  const appendToStream: EventLog["appendToStream"] = (request) => {
    void log.appendToStream(request).catch(() => undefined);
    return Promise.resolve({ nextExpectedStreamVersion: request.expectedStreamVersion + 1, duplicate: false });
  };
  return { feed, log: { ...bound(log), appendToStream } };
}

function deaf({ log, feed }: ChannelPorts): ChannelPorts {
  const nothing = { unsubscribe: () => undefined };
  return {
    log: { ...bound(log), streamVersions: () => Promise.resolve(new Map()) },
    feed: { ...boundFeed(feed), subscribe: () => nothing, onReconnect: () => nothing },
  };
}

function withoutComparison({ log, feed }: ChannelPorts): ChannelPorts {
  return {
    log: { ...bound(log), streamVersions: () => Promise.resolve(new Map()) },
    feed: { ...boundFeed(feed), onReconnect: () => ({ unsubscribe: () => undefined }) },
  };
}

function leakSubscriptions({ log, feed }: ChannelPorts): ChannelPorts {
  const known = new Set<string>();
  const readStream: EventLog["readStream"] = async (channelId, options) => {
    const events = await log.readStream(channelId, options);
    if (events.length > 0) known.add(channelId);
    return events;
  };
  const appendToStream: EventLog["appendToStream"] = (request) => {
    known.add(request.channelId);
    return log.appendToStream(request);
  };
  const subscribe: LiveFeed["subscribe"] = (channelId, listener) => {
    const subscription = feed.subscribe(channelId, listener);
    return {
      unsubscribe() {
        if (known.has(channelId)) subscription.unsubscribe();
      },
    };
  };
  return { log: { ...bound(log), readStream, appendToStream }, feed: { ...boundFeed(feed), subscribe } };
}

const largeBytes = 64 * 1024;
/** More than any machine takes. */
const lateMs = 6_000;

function answerLate({ log, feed }: ChannelPorts): ChannelPorts {
  let isOver: Promise<unknown> = Promise.resolve();
  const appendToStream: EventLog["appendToStream"] = async (request) => {
    await isOver;
    if (request.bytes.length > largeBytes) isOver = new Promise((resolve) => setTimeout(resolve, lateMs));
    return log.appendToStream(request);
  };
  return { feed, log: { ...bound(log), appendToStream } };
}

function bound(log: EventLog): EventLog {
  return {
    readStream: (channelId, options) => log.readStream(channelId, options),
    appendToStream: (request) => log.appendToStream(request),
    streamVersions: (channelIds) => log.streamVersions(channelIds),
    scan: (options) => log.scan(options),
  };
}

function boundFeed(feed: LiveFeed): LiveFeed {
  return {
    subscribe: (channelId, listener) => feed.subscribe(channelId, listener),
    onReconnect: (listener) => feed.onReconnect(listener),
    settled: () => feed.settled(),
  };
}
