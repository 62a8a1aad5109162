import { isStoreError, StoreError } from "@p4/event-store";
import {
  classInForce,
  confirmersOf,
  noEpoch,
  readRow,
  type CopyClass,
  type RegionRow,
  type StreamRole,
} from "@p4/regions";
import type { Broker } from "../broker.ts";
import { status } from "../broker-errors.ts";
import { bucketStream } from "../subjects.ts";
import { readGate } from "./read-gate.ts";
import { readTable, tableBucket, tableSubject } from "./region-table.ts";
import { findStreamState } from "./survey-region.ts";

/** Where a region's home is, as far as the broker of one site tells. */
export type HomeState =
  | { readonly kind: "here"; readonly epoch: number }
  /** Its streams take no writes, and no other site is known to have taken over: a move is under way, or was cut short. */
  | { readonly kind: "moving" }
  /** The streams are here, but too few sites confirm that no other one has taken over: its lease is over, or its gate shut. */
  | { readonly kind: "unconfirmed"; readonly epoch: number }
  | { readonly kind: "away"; readonly site: string };

export interface FoundHome {
  readonly state: HomeState;
  /** The sites of which one must have an event before it counts; empty: none. Null: not known at the moment. */
  readonly confirmers: readonly string[] | null;
  /** What is promised of an event that is stored here; null: no table of this home says so. */
  readonly copyClass: CopyClass | null;
  /** Since a copy last heard of its home; null: it never did, or this is none. */
  readonly copyAgeMs: number | null;
}

/** A deployment without an epoch gets its first one without anything being moved. */
const firstEpoch = 1;

/**
 * Asks the broker of one of the region's streams: a move takes all of them. Null: there is no such stream, and no table that
 * names another site, as before the first start.
 *
 * @throws StoreError
 */
export async function readHome(
  broker: Broker,
  { region, stream }: { readonly region: string; readonly stream: string },
  timeoutMs: number,
): Promise<FoundHome | null> {
  const found = await findStreamState(broker, stream, timeoutMs);
  if (found === null) {
    // A deposed home that is made a copy has no streams for a moment.
    const site = await homeElsewhere(broker, region, timeoutMs);
    return site === null ? null : { state: { kind: "away", site }, ...nothingStored, copyAgeMs: null };
  }
  const { role } = found;
  if (role.kind === "plain") {
    return { state: { kind: "here", epoch: firstEpoch }, confirmers: [], copyClass: null, copyAgeMs: null };
  }
  if (role.kind === "home") {
    const home = atHome(role.epoch, await readHomeRow(broker, region, timeoutMs));
    // What was stored before the gate was shut waits for its copy all the same.
    const isShut = (await readGate(broker, region, timeoutMs)) === "shut";
    return { ...home, ...(isShut ? { state: { kind: "unconfirmed", epoch: role.epoch } } : {}), copyAgeMs: null };
  }
  const state = elsewhere(role, await readOwnTable(broker, region, timeoutMs), broker.site);
  return role.kind === "copy"
    ? { state, confirmers: [], copyClass: null, copyAgeMs: role.ageMs }
    : { state, ...nothingStored, copyAgeMs: null };
}

const nothingStored = { confirmers: null, copyClass: null } as const;

function atHome(epoch: number, row: RegionRow | null): Omit<FoundHome, "copyAgeMs"> {
  const state = { kind: "here", epoch } as const;
  // This site was left out when the tables were written: the row's copies and class are those of the home before.
  const isOld = row !== null && row.epoch < epoch;
  if (row === null || row.class !== "sync") {
    return { state, confirmers: [], copyClass: row === null || isOld ? null : classInForce(row) };
  }
  // Which copies must confirm is not known yet.
  if (isOld) return { state: { kind: "moving" }, ...nothingStored };
  return { state, confirmers: confirmersOf(row), copyClass: classInForce(row) };
}

function elsewhere(
  role: Extract<StreamRole, { kind: "copy" | "fenced" }>,
  row: RegionRow | null,
  own: string | null,
): HomeState {
  // The table names a home before its streams are promoted; a site that was cut off may have an old one: the later counts.
  const isLater = row !== null && row.epoch >= role.epoch;
  if (isLater && row.home !== own) return { kind: "away", site: row.home };
  return role.kind === "copy" && !isLater ? { kind: "away", site: role.of } : { kind: "moving" };
}

/** Another site that the table of the broker's own site names as the region's home; null: none. */
export async function homeElsewhere(broker: Broker, region: string, timeoutMs: number): Promise<string | null> {
  const home = await homeByTable(broker, region, timeoutMs);
  return home === null || home.site === broker.site ? null : home.site;
}

/** The region's home, as the table of the broker's own site says; null: it says nothing. */
export async function homeByTable(
  broker: Broker,
  region: string,
  timeoutMs: number,
): Promise<{ readonly site: string; readonly epoch: number } | null> {
  const row = await readOwnTable(broker, region, timeoutMs);
  return row === null || row.epoch === noEpoch ? null : { site: row.home, epoch: row.epoch };
}

/**
 * What the own table says at a home, whose promise may be in it: a table that does not answer is not one that says nothing.
 *
 * @throws StoreError
 */
async function readHomeRow(broker: Broker, region: string, timeoutMs: number): Promise<RegionRow | null> {
  const row = await readOwnTable(broker, region, timeoutMs);
  if (row !== null || broker.site === null) return row;
  try {
    return (await readTable(broker, broker.site, region, timeoutMs)).row;
  } catch (error) {
    if (isStoreError(error, "STORE_FORBIDDEN")) return null;
    throw error;
  }
}

/** What the table of the broker's own site says; null: nothing, as in a deployment of one site, or no answer. */
async function readOwnTable(broker: Broker, region: string, timeoutMs: number): Promise<RegionRow | null> {
  const { site } = broker;
  if (site === null) return null;
  const path = `$JS.API.DIRECT.GET.${bucketStream(tableBucket(site))}.${tableSubject(site, region)}`;
  try {
    const answer = await broker.request(path, "", { timeoutMs });
    const code = answer.headers?.code ?? 0;
    return code === 0 ? readRow(answer.string()) : noRow(code, path);
  } catch (error) {
    // No stream, no one who answers. A login from before there were tables may not ask.
    if (isStoreError(error, "STORE_UNAVAILABLE") && broker.ready()) return null;
    if (isStoreError(error, "STORE_FORBIDDEN")) return null;
    throw error;
  }
}

function noRow(code: number, path: string): null {
  if (code === status.notFound) return null;
  throw new StoreError("STORE_UNAVAILABLE", `${path}: status ${String(code)}`);
}
