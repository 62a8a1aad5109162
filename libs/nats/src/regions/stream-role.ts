import type { StreamSettings } from "../stream-settings.ts";
import { StoreError } from "@p4/event-store";
import { RegionError, roleText, type Fork, type StreamRole } from "@p4/regions";
import type { Broker } from "../broker.ts";

/** Metadata of a region's streams. */
export const roleKeys = {
  epoch: "p4.epoch",
  /** `2:100 3:250`: each move's epoch, and the last sequence that it has in common with the one before. */
  forks: "p4.forks",
  /** Events that a home's log lacked in the middle when it was promoted. */
  holes: "p4.holes",
  fenced: "p4.fenced",
  copyOf: "p4.copy-of",
  /** What a copy cannot have until it is a home, as JSON. */
  home: "p4.home",
} as const;

export type Config = Readonly<Record<string, unknown>> & { readonly name: string };

/** The found settings of a stream with some of them changed: what is sent back is what the server itself has said. */
export const asSettings = <T extends { readonly name: string }>(config: T): StreamSettings => config;

export function metadataOf(config: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const all = (config["metadata"] ?? {}) as Record<string, string>;
  // The server adds its own.
  return Object.fromEntries(Object.entries(all).filter(([key]) => !key.startsWith("_nats.")));
}

/**
 * What a stream is, by its configuration.
 *
 * @param heardMs since a copy last heard of its origin; null: never
 */
export function roleOfStream(config: Readonly<Record<string, unknown>>, heardMs: number | null = null): StreamRole {
  const metadata = metadataOf(config);
  const epoch = Number(metadata[roleKeys.epoch] ?? 0);
  const forks = readForks(metadata[roleKeys.forks]);
  const withForks = forks.length === 0 ? {} : { forks };
  if (config["mirror"] !== undefined) {
    return { kind: "copy", of: metadata[roleKeys.copyOf] ?? "", epoch, ageMs: heardMs, ...withForks };
  }
  const by = metadata[roleKeys.fenced];
  if (by !== undefined) return { kind: "fenced", epoch, by: Number(by), ...withForks };
  return epoch === 0 ? { kind: "plain" } : { kind: "home", epoch, forks };
}

export const homeMoved = (stream: string, role: StreamRole, url: string): StoreError =>
  new StoreError("STORE_HOME_MOVED", `${stream} at ${url} is ${roleText(role)}`);

/** A stream is not what a plan has seen. `role`: what it is; undefined: it is missing. */
export const contested = (
  broker: Pick<Broker, "site" | "url">,
  stream: string,
  role: StreamRole | undefined,
): RegionError => new RegionError("REGION_CONTESTED", `${stream} at ${broker.site ?? broker.url} is ${roleText(role)}`);

export function readForks(text = ""): Fork[] {
  return text.split(" ").flatMap((pair) => {
    const [epoch = 0, sequence = NaN] = pair.split(":").map(Number);
    return Number.isSafeInteger(epoch) && Number.isSafeInteger(sequence) && epoch > 0 ? [{ epoch, sequence }] : [];
  });
}

export const writeForks = (forks: readonly Fork[]): string =>
  forks.map(({ epoch, sequence }) => `${String(epoch)}:${String(sequence)}`).join(" ");
