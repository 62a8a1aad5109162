import { StoreError } from "@p4/event-store";
import { noEpoch } from "@p4/regions";
import type { Broker } from "./broker.ts";
import { assertNoDrift, compareSettings, ensureStream, streamConfig, type Drift } from "./ensure-stream.ts";
import {
  blobBucketSettings,
  bucketSettings,
  channelStreamSettings,
  shardsKey,
  type BucketOptions,
  type Placement,
  type StreamSettings,
} from "./stream-settings.ts";
import { asHome } from "./regions/as-home.ts";
import { homeByTable } from "./regions/home-state.ts";
import { isCopied } from "./regions/region-streams.ts";
import { adoptedSettings } from "./regions/role-settings.ts";
import { streamNames } from "./stream-names.ts";
import { blobBucket, createNames, deadlineBucket, documentBucket, isLogOf, type Names } from "./subjects.ts";

export interface ProvisionOptions {
  readonly region: string;
  /** Fixed for the life of the streams: a channel's shard follows from it. */
  readonly shards: number;
  /** 1 on a single server, 3 in a cluster. */
  readonly replicas: number;
  readonly retentionMs: number;
  readonly placement?: Placement;
  /** Buckets of documents, by name; default: `proofs`, without an age limit. */
  readonly documents?: Readonly<Record<string, Pick<BucketOptions, "maxAgeMs" | "maxDocuments">>>;
}

/** Markers wait this long for a worker: no deadline is lost while all workers are down for less than that. */
export const markerKeptMs = 7 * 24 * 60 * 60 * 1000;

/**
 * Creates what is missing and compares what is there. Rejects with STORE_MISCONFIGURED that names stream, setting,
 * wanted and found value, with STORE_HOME_MOVED where the region's home is at another site; it changes nothing that exists.
 */
export async function provision(broker: Broker, options: ProvisionOptions): Promise<void> {
  const names = createNames(options.region, options.shards);
  await assertShardCount(broker, names);
  await ensureStreams(broker, names.region, wantedStreams(names, options));
}

async function ensureStreams(broker: Broker, region: string, all: readonly StreamSettings[]): Promise<void> {
  const adapt = (wanted: StreamSettings, found: object) => asHome(region, wanted, { ...found });
  const drifts: Drift[] = [];
  const missing: StreamSettings[] = [];
  // Asked side by side: wallets wait for a standby that has become the home.
  const looks = all.map(async (wanted) => ({ wanted, found: await streamConfig(broker, wanted.name) }));
  for (const { wanted, found } of await Promise.all(looks)) {
    if (found === undefined) missing.push(wanted);
    else drifts.push(...compareSettings(adapt(wanted, found), found));
  }
  const epoch = missing.length > 0 ? await epochHere(broker, region) : noEpoch;
  for (const settings of missing) {
    const isOfEpoch = epoch !== noEpoch && isCopied(settings.name, region);
    const wanted = isOfEpoch ? adoptedSettings(region, { ...settings }, epoch, true) : settings;
    drifts.push(...(await ensureStream(broker, wanted, adapt)));
  }
  assertNoDrift(drifts);
}

/**
 * The epoch of the home here; 0: a deployment of one site. A deposed home has no streams for a moment while it is made a
 * copy: they must not be made as a home's meanwhile.
 */
async function epochHere(broker: Broker, region: string): Promise<number> {
  const home = await homeByTable(broker, region, broker.requestTimeoutMs);
  if (home === null || home.site === broker.site) return home?.epoch ?? noEpoch;
  throw new StoreError("STORE_HOME_MOVED", `the home of ${region} is at site ${home.site}, not at ${broker.url}`);
}

/** The same for buckets of documents alone, for a program that has nothing to do with the log. */
export async function provisionDocuments(
  broker: Broker,
  options: Pick<ProvisionOptions, "region" | "replicas" | "placement"> & Required<Pick<ProvisionOptions, "documents">>,
): Promise<void> {
  await ensureStreams(broker, options.region, documentSettings(options));
}

/**
 * How the broker differs from what `provision` would make; a missing stream differs in its name. Changes nothing.
 *
 * @param without streams that are not asked for
 */
export async function findDrift(
  broker: Broker,
  options: ProvisionOptions,
  without: readonly string[] = [],
): Promise<Drift[]> {
  const names = createNames(options.region, options.shards);
  const asked = wantedStreams(names, options).filter(({ name }) => !without.includes(name));
  const drifts = asked.map(async (wanted): Promise<Drift[]> => {
    const found = await streamConfig(broker, wanted.name);
    if (found !== undefined) return compareSettings(asHome(names.region, wanted, found), found);
    return [{ stream: wanted.name, setting: "name", wanted: wanted.name, found: undefined }];
  });
  return (await Promise.all(drifts)).flat();
}

function wantedStreams(names: Names, options: ProvisionOptions): StreamSettings[] {
  const { region, shards } = names;
  const documents = options.documents ?? { proofs: {} };
  return [
    ...Array.from({ length: shards }, (_, shard) => channelStreamSettings(names, shard, options)),
    bucketSettings(deadlineBucket(region), { ...options, markerMs: markerKeptMs }),
    ...documentSettings({ ...options, documents }),
    blobBucketSettings(blobBucket(region), { ...options, maxAgeMs: options.retentionMs }),
    // Archives outlive the log that they are made from.
    blobBucketSettings(blobBucket(region, "archive"), { ...options, maxAgeMs: 0 }),
  ];
}

function documentSettings(
  options: Pick<ProvisionOptions, "region" | "replicas" | "placement"> & Required<Pick<ProvisionOptions, "documents">>,
): StreamSettings[] {
  const { region, replicas, placement, documents } = options;
  return Object.entries(documents).map(([name, bucket]) => {
    const common = { replicas, ...(placement === undefined ? {} : { placement }), ...bucket };
    return bucketSettings(documentBucket(region, name), common);
  });
}

/** With another number of shards, channels would be looked for in streams that they are not in. */
async function assertShardCount(broker: Broker, names: Names): Promise<void> {
  const logs = (await streamNames(broker)).filter((name) => isLogOf(names.region, name));
  for (const stream of logs) {
    const metadata = (await streamConfig(broker, stream))?.metadata;
    const found = metadata?.[shardsKey];
    if (found === String(names.shards)) continue;
    assertNoDrift([{ stream, setting: shardsKey, wanted: String(names.shards), found }]);
  }
}
