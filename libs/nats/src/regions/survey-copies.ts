import { isStoreError } from "@p4/event-store";
import { behindBy, copyAgeMs, type StreamState } from "@p4/regions";
import type { Broker } from "../broker.ts";
import { apiErrorCodes, toStoreError, type ApiFailure } from "../broker-errors.ts";
import { channelStream, createNames } from "../subjects.ts";
import { copyQuestion } from "./follow-copies.ts";
import { readStreamState, stateOfStream, type FoundStream } from "./survey-region.ts";

export interface CopiesOptions {
  readonly region: string;
  readonly shards: number;
  /** All sites of the deployment. */
  readonly sites: readonly string[];
}

/** What another site has of a region's log, as it says itself. */
export interface SiteCopy {
  readonly site: string;
  /** `none`: it holds no log of the region, as a witness; `other`: one that does not follow the broker's own site. */
  readonly is: "copy" | "none" | "other" | "away";
  /** Since it last heard of its home, by the stream that is the furthest back; null: never, or it is no copy. */
  readonly ageMs: number | null;
  /** Events of the log that it does not have yet, by the last sequences; null where it is no copy. */
  readonly behind: number | null;
  /** Events that it lacks in the middle and will not get. */
  readonly missing: number;
}

const answerWithinMs = 1_000;

/**
 * Asks the other sites through the broker of a region's home, by the links between them. Without other sites there is nothing.
 *
 * @throws StoreError when the own broker does not answer
 */
export async function surveyCopies(broker: Broker, { region, shards, sites }: CopiesOptions): Promise<SiteCopy[]> {
  const others = sites.filter((site) => site !== broker.site);
  if (others.length === 0) return [];
  const names = createNames(region, shards);
  const streams = Array.from({ length: names.shards }, (_, shard) => channelStream(names, shard));
  const [home, ...found] = await Promise.all([
    Promise.all(streams.map((stream) => readStreamState(broker, stream))),
    ...others.map((site) => readSite(broker, site, streams)),
  ]);
  return others.map((site, i) => copyOf(site, found[i] ?? null, home, broker.site));
}

/** Null: the site does not answer. */
async function readSite(
  broker: Broker,
  site: string,
  streams: readonly string[],
): Promise<readonly StreamState[] | null> {
  try {
    const found = await Promise.all(streams.map((stream) => readStreamAt(broker, site, stream)));
    return found.filter((stream) => stream !== null);
  } catch (error) {
    if (isStoreError(error, "STORE_UNAVAILABLE") || isStoreError(error, "STORE_FORBIDDEN")) return null;
    throw error;
  }
}

async function readStreamAt(broker: Broker, site: string, stream: string): Promise<StreamState | null> {
  const path = copyQuestion(site, stream);
  const reply = await broker.request(path, "", { timeoutMs: answerWithinMs });
  const { error, ...found } = reply.json<FoundStream & { readonly error?: ApiFailure }>();
  if (error?.err_code === apiErrorCodes.streamNotFound) return null;
  if (error !== undefined) throw toStoreError(error, path);
  return stateOfStream(stream, found);
}

/** Pure. */
function copyOf(
  site: string,
  streams: readonly StreamState[] | null,
  home: readonly StreamState[],
  homeSite: string | null,
): SiteCopy {
  const nothing = { site, ageMs: null, behind: null, missing: 0 };
  if (streams === null) return { ...nothing, is: "away" };
  if (streams.length === 0) return { ...nothing, is: "none" };
  const isCopy = ({ role }: StreamState): boolean => role.kind === "copy" && role.of === homeSite;
  if (streams.length < home.length || !streams.every(isCopy)) return { ...nothing, is: "other" };
  const ageMs = copyAgeMs({ streams });
  const holes = (all: readonly StreamState[]): number => all.reduce((sum, each) => sum + (each.holes ?? 0), 0);
  return {
    site,
    is: "copy",
    ageMs: Number.isFinite(ageMs) ? ageMs : null,
    behind: behindBy({ streams }, { answers: true, streams: home }),
    missing: Math.max(0, holes(streams) - holes(home)),
  };
}
