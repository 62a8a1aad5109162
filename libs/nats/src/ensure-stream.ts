import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { StreamInfo } from "@nats-io/jetstream";
import { StoreError } from "@p4/event-store";
import type { Broker } from "./broker.ts";
import { apiErrorCodes, toStoreError } from "./broker-errors.ts";
import type { StreamSettings } from "./stream-settings.ts";

/** What the server says of a stream: it leaves out what is off. */
type FoundSettings = Partial<StreamInfo["config"]>;

/** Creating R3 streams in a cluster takes the meta leader a while. */
const createTimeoutMs = 15_000;
/** A cluster that has just started does not know all its members yet: only after this do too few servers fit for good. */
const assemblyMs = 15_000;
const assemblyPollMs = 250;

/** One setting of an existing stream that is not as configured. */
export interface Drift {
  readonly stream: string;
  readonly setting: string;
  readonly wanted: unknown;
  readonly found: unknown;
}

/** What is wanted of a stream that is there, where that depends on what it is. */
export type Adapt = (wanted: StreamSettings, found: FoundSettings) => StreamSettings;

/** Creates the stream unless it is there, and tells how an existing one differs. Safe when many processes start at once. */
export async function ensureStream(
  broker: Broker,
  wanted: StreamSettings,
  adapt: Adapt = (settings) => settings,
): Promise<Drift[]> {
  const existing = await streamConfig(broker, wanted.name);
  if (existing !== undefined) return compareSettings(adapt(wanted, existing), existing);
  const path = `STREAM.CREATE.${wanted.name}`;
  const created = await createStream(broker, path, wanted);
  if (created.error === undefined) return compareSettings(wanted, created.config ?? {});
  // Another process made it meanwhile, with other settings.
  const other = await streamConfig(broker, wanted.name);
  if (created.error.err_code === apiErrorCodes.streamNameInUse && other !== undefined) {
    return compareSettings(adapt(wanted, other), other);
  }
  throw toStoreError(created.error, path);
}

async function createStream(broker: Broker, path: string, wanted: StreamSettings) {
  for (const endMs = performance.now() + assemblyMs; ; await sleep(assemblyPollMs)) {
    const created = await broker.apiAnswer<{ config?: FoundSettings }>(path, wanted, createTimeoutMs);
    if (created.error?.err_code !== apiErrorCodes.noServersFit || performance.now() > endMs) return created;
  }
}

export async function streamConfig(
  broker: Broker,
  stream: string,
  timeoutMs?: number,
): Promise<FoundSettings | undefined> {
  const path = `STREAM.INFO.${stream}`;
  const answer = await broker.apiAnswer<{ config?: FoundSettings }>(path, undefined, timeoutMs);
  if (answer.error?.err_code === apiErrorCodes.streamNotFound) return undefined;
  if (answer.error !== undefined) throw toStoreError(answer.error, path);
  return answer.config;
}

/** Pure. The server leaves out fields that are off, and adds metadata of its own. */
export function compareSettings(wanted: StreamSettings, found: Readonly<FoundSettings>): Drift[] {
  const drifts: Drift[] = [];
  for (const setting of Object.keys(wanted) as (keyof StreamSettings)[]) {
    // Servers before 2.12 have no batches, and logs that were made before take none: each append then goes alone.
    if (setting === "allow_atomic") continue;
    const other = setting === "metadata" ? pick(found.metadata, wanted.metadata) : found[setting];
    if (isDeepStrictEqual(normal(wanted[setting]), normal(other))) continue;
    drifts.push({ stream: wanted.name, setting, wanted: wanted[setting], found: other });
  }
  if (found.sealed === true) drifts.push({ stream: wanted.name, setting: "sealed", wanted: false, found: true });
  return drifts;
}

/** Throws STORE_MISCONFIGURED that names every difference. */
export function assertNoDrift(drifts: readonly Drift[]): void {
  if (drifts.length === 0) return;
  const list = drifts.map(
    ({ stream, setting, wanted, found }) =>
      `${stream} ${setting}: wanted ${JSON.stringify(wanted)}, found ${JSON.stringify(found) ?? "nothing"}`,
  );
  throw new StoreError("STORE_MISCONFIGURED", list.join("; "));
}

const normal = (value: unknown): unknown => (value === undefined || value === 0 ? false : value);

type Metadata = StreamInfo["config"]["metadata"];

function pick(found: Metadata = {}, wanted: Metadata = {}): unknown {
  return Object.fromEntries(Object.keys(wanted).map((key) => [key, found[key]]));
}
