import type { Broker } from "./broker.ts";
import { streamConfig } from "./ensure-stream.ts";
import { channelStream, createNames } from "./subjects.ts";

/**
 * What an acknowledged append has survived: a power cut (`fsync`), the loss of a server (`replicated`), both, or
 * neither (`lazy`: written, but flushed to disk only every two minutes by default).
 */
export type DurabilityClass = "fsync" | "replicated" | "replicated+fsync" | "lazy" | "unknown";

export interface DurabilityOptions {
  readonly region: string;
  readonly shards: number;
  /**
   * Base URLs of the servers' monitoring ports, for example `http://127.0.0.1:8222`. A client outside the system
   * account has no other way to learn about fsync; without them the class is `unknown`.
   */
  readonly monitoringUrls?: readonly string[];
  readonly timeoutMs?: number;
}

/** The class in force: the weakest of all shards and all servers that were asked. */
export async function durabilityClass(broker: Broker, options: DurabilityOptions): Promise<DurabilityClass> {
  const { monitoringUrls = [], timeoutMs = 2_000 } = options;
  const names = createNames(options.region, options.shards);
  const configs = await Promise.all(
    Array.from({ length: names.shards }, (_, shard) => streamConfig(broker, channelStream(names, shard))),
  );
  const syncs = await Promise.all(monitoringUrls.map((url) => syncAlways(url, timeoutMs)));
  return classify(
    configs.every((config) => Number(config?.["num_replicas"] ?? 0) > 1),
    syncs,
  );
}

/** Pure. `syncs`: per server asked, whether it syncs each write; undefined when it did not say. */
export function classify(replicated: boolean, syncs: readonly (boolean | undefined)[]): DurabilityClass {
  if (syncs.includes(false)) return replicated ? "replicated" : "lazy";
  if (syncs.length === 0 || syncs.includes(undefined)) return "unknown";
  return replicated ? "replicated+fsync" : "fsync";
}

interface Varz {
  readonly jetstream?: { readonly config?: { readonly sync_always?: boolean } };
}

async function syncAlways(baseUrl: string, timeoutMs: number): Promise<boolean | undefined> {
  try {
    const response = await fetch(new URL("/varz", baseUrl), { signal: AbortSignal.timeout(timeoutMs) });
    const { jetstream } = (await response.json()) as Varz;
    // The field is left out when it is off.
    return jetstream?.config === undefined ? undefined : jetstream.config.sync_always === true;
  } catch {
    return undefined;
  }
}
