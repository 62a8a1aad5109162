import { inspectBroker, inspectStreams, type Broker, type StreamReport } from "@p4/nats";

const dayMs = 86_400_000;
/** Too young to say how fast it grows. */
const minimumAgeMs = 60_000;

/** A stream, and what it grows by in a day: the average over what it holds; null where it is too young to tell. */
export type GrowingStream = StreamReport & { readonly bytesPerDay: number | null };

/** What is stored, where it leads, and for how long there is room. */
export interface StreamForecast {
  readonly streams: readonly GrowingStream[];
  readonly storedBytes: number;
  /** Of the account; null: none. */
  readonly storeLimitBytes: number | null;
  readonly bytesPerDay: number;
  /** Once the oldest goes as the new comes; Infinity where something is kept without end. */
  readonly finalBytes: number;
  /** Until the limit; null: no limit, or it is never reached. */
  readonly daysLeft: number | null;
}

/** Rejects with a StoreError. */
export async function forecastStreams(broker: Broker, region: string, nowMs: number): Promise<StreamForecast> {
  const [reports, { storedBytes, storeLimitBytes }] = await Promise.all([
    inspectStreams(broker, region),
    inspectBroker(broker),
  ]);
  const streams = reports.map((report) => ({ ...report, bytesPerDay: growth(report, nowMs) }));
  const bytesPerDay = streams.reduce((sum, stream) => sum + (stream.bytesPerDay ?? 0), 0);
  // With the log's age the old goes as the new comes.
  const finalBytes = streams.reduce((sum, stream) => sum + fullSize(stream), 0);
  const fill = { storedBytes, storeLimitBytes, bytesPerDay, finalBytes };
  return { streams, ...fill, daysLeft: leftDays(fill) };
}

/** A deadline goes with its channel's end. */
function growth({ stream, bytes, firstAtMs }: StreamReport, nowMs: number): number | null {
  if (firstAtMs === null || stream.startsWith("KV_P4_DEADLINES_")) return 0;
  const ageMs = nowMs - firstAtMs;
  return ageMs < minimumAgeMs ? null : Math.round((bytes * dayMs) / ageMs);
}

function fullSize({ bytes, bytesPerDay, maxAgeMs }: GrowingStream): number {
  if (bytesPerDay === null || bytesPerDay === 0) return bytes;
  return maxAgeMs === 0 ? Infinity : Math.max(bytes, (bytesPerDay * maxAgeMs) / dayMs);
}

type Fill = Pick<StreamForecast, "storedBytes" | "storeLimitBytes" | "bytesPerDay" | "finalBytes">;

/** The first whole day on which there is no room any more. */
export function leftDays({ storedBytes, storeLimitBytes, bytesPerDay, finalBytes }: Fill): number | null {
  if (storeLimitBytes === null || bytesPerDay === 0 || finalBytes < storeLimitBytes) return null;
  return Math.max(0, Math.floor((storeLimitBytes - storedBytes) / bytesPerDay));
}
