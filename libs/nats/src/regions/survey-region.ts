import { isStoreError, StoreError } from "@p4/event-store";
import { forksOf, type RegionState, type SiteState, type StreamRole, type StreamState } from "@p4/regions";
import type { Broker } from "../broker.ts";
import { apiErrorCodes, toStoreError } from "../broker-errors.ts";
import { streamNames } from "../stream-names.ts";
import { isCopied, useOf } from "./region-streams.ts";
import { readTable } from "./region-table.ts";
import { metadataOf, roleKeys, roleOfStream, type Config } from "./stream-role.ts";

/** Connections to the sites, by name; null: the site does not answer. */
export type SiteBrokers = ReadonlyMap<string, Broker | null>;

const askWithinMs = 2_000;

/** What a server answers about a stream. */
export interface FoundStream {
  readonly config: Config;
  readonly state: { readonly first_seq: number; readonly last_seq: number; readonly num_deleted?: number };
  /** Nanoseconds since the last message or heartbeat; -1: none yet. */
  readonly mirror?: { readonly active: number };
}

/** What all sites say of a region at this moment. A site that does not answer in time is away. */
export async function surveyRegion(sites: SiteBrokers, region: string): Promise<RegionState> {
  const states = [...sites].map(([site, broker]) => surveySite(site, broker, region));
  return { region, sites: await Promise.all(states) };
}

async function surveySite(site: string, broker: Broker | null, region: string): Promise<SiteState> {
  const away: SiteState = { site, answers: false, row: null, streams: [] };
  if (broker === null) return away;
  try {
    const [{ row }, names] = await Promise.all([readTable(broker, site, region, askWithinMs), streamNames(broker)]);
    const ours = names.filter((name) => isCopied(name, region)).sort();
    const found = await Promise.all(ours.map((name) => findStreamState(broker, name)));
    // One that is recreated is missing for a moment.
    return { site, answers: true, row, streams: found.filter((stream) => stream !== null) };
  } catch (error) {
    if (isStoreError(error, "STORE_UNAVAILABLE")) return away;
    throw error;
  }
}

/** Throws STORE_MISSING for a stream that is not there. */
export async function readStreamState(broker: Broker, stream: string): Promise<StreamState> {
  const found = await findStreamState(broker, stream);
  if (found !== null) return found;
  throw new StoreError("STORE_MISSING", `${stream} at ${broker.url}`);
}

/** Null: there is no such stream. */
export async function findStreamState(
  broker: Broker,
  stream: string,
  timeoutMs = askWithinMs,
): Promise<StreamState | null> {
  const path = `STREAM.INFO.${stream}`;
  const { error, ...found } = await broker.apiAnswer<FoundStream>(path, undefined, timeoutMs);
  if (error?.err_code === apiErrorCodes.streamNotFound) return null;
  if (error !== undefined) throw toStoreError(error, path);
  return stateOfStream(stream, found);
}

export function stateOfStream(stream: string, { config, state, mirror }: FoundStream): StreamState {
  const active = mirror?.active ?? -1;
  const role = roleOfStream(config, active < 0 ? null : active / 1e6);
  // Nothing is ever deleted inside a log; of other streams old values are.
  const holes = useOf(stream).kind === "log" ? (state.num_deleted ?? 0) : 0;
  const inheritedHoles = holes === 0 ? 0 : inheritedBy(config, role, state.first_seq);
  return {
    stream,
    role,
    lastSequence: state.last_seq,
    ...(holes === 0 ? {} : { holes }),
    ...(inheritedHoles === 0 ? {} : { inheritedHoles }),
  };
}

/** What was missing when the log's last home was promoted lies before its fork, and leaves with the log's age. */
function inheritedBy(config: Config, role: StreamRole, firstSequence: number): number {
  const lastFork = forksOf(role).at(-1)?.sequence ?? 0;
  return firstSequence > lastFork ? 0 : Number(metadataOf(config)[roleKeys.holes] ?? 0);
}
