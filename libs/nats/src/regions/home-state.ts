import { isStoreError, StoreError } from "@p4/event-store";
import { confirmersOf, noEpoch, readRow, type RegionRow, type StreamRole } from "@p4/regions";
import type { Broker } from "../broker.ts";
import { status } from "../broker-errors.ts";
import { bucketStream } from "../subjects.ts";
import { readGate } from "./read-gate.ts";
import { tableBucket, tableSubject } from "./region-table.ts";
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
  /** Of a home here: the sites of which one must have an event before it counts; empty: none. */
  readonly confirmers: readonly string[];
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
  const none = { confirmers: [], copyAgeMs: null };
  if (found === null) {
    // A deposed home that is made a copy has no streams for a moment.
    const site = await homeElsewhere(broker, region, timeoutMs);
    return site === null ? null : { ...none, state: { kind: "away", site } };
  }
  const { role } = found;
  if (role.kind === "plain") return { ...none, state: { kind: "here", epoch: firstEpoch } };
  const row = await readOwnTable(broker, region, timeoutMs);
  if (role.kind === "home") {
    const isShut = (await readGate(broker, region, timeoutMs)) === "shut";
    return { ...none, ...(isShut ? { state: { kind: "unconfirmed", epoch: role.epoch } } : atHome(role.epoch, row)) };
  }
  return { ...none, state: elsewhere(role, row, broker.site), copyAgeMs: role.kind === "copy" ? role.ageMs : null };
}

function atHome(epoch: number, row: RegionRow | null): Pick<FoundHome, "state" | "confirmers"> {
  if (row === null || row.class !== "sync") return { state: { kind: "here", epoch }, confirmers: [] };
  // This site was left out when the tables were written: which copies must confirm is not known yet.
  if (row.epoch < epoch) return { state: { kind: "moving" }, confirmers: [] };
  return { state: { kind: "here", epoch }, confirmers: confirmersOf(row) };
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
  const row = await readOwnTable(broker, region, timeoutMs);
  return row === null || row.home === broker.site || row.epoch === noEpoch ? null : row.home;
}

/** What the table of the broker's own site says; null: nothing, as in a deployment of one site. */
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
