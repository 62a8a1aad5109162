import { BlockHeadersService, WhatsOnChain } from "@bsv/sdk";
import { NO_HEADERS, type HeaderSource } from "@p4/spv";
import { cachedHeaders } from "./cached-headers.ts";
import type { HeaderSourceConfig, HeaderSourceOptions } from "./header-source-config.ts";
import { headersByHash } from "./headers-by-hash.ts";
import { headersInFile } from "./headers-in-file.ts";
import { createHttpClient } from "./http-client.ts";
import { rootsByHeight } from "./roots-by-height.ts";

/**
 * The configured source behind a small cache. Its lookups never reject: what goes wrong is `unavailable` with a reason.
 */
export function createHeaderSource(config: HeaderSourceConfig, options: HeaderSourceOptions): HeaderSource {
  if (config.kind === "none") return NO_HEADERS;
  return cachedHeaders(answering(uncached(config, options), options.timeoutMs), options.nowMs ?? nowMs);
}

const nowMs = (): number => performance.now();

function uncached(
  config: Exclude<HeaderSourceConfig, { kind: "none" }>,
  { fetch: fetcher = fetch, timeoutMs }: HeaderSourceOptions,
): HeaderSource {
  if (config.kind === "file") return headersInFile(config.path);
  const httpClient = createHttpClient(fetcher, timeoutMs);
  switch (config.kind) {
    case "miner":
      return headersByHash(config.url, httpClient, rootsByHeight(new BlockHeadersService(config.url, { httpClient })));
    case "bhs":
      return rootsByHeight(new BlockHeadersService(config.url, { httpClient }));
    case "woc":
      return rootsByHeight(new WhatsOnChain(config.network, { httpClient }));
  }
}

/** One limit for the whole lookup: the proof's sender waits for the answer, and miners wait a few seconds only. */
function answering(source: HeaderSource, timeoutMs: number): HeaderSource {
  return {
    async lookup(claim) {
      let timer: NodeJS.Timeout | undefined;
      const timeout = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
      });
      try {
        return await Promise.race([source.lookup(claim), timeout]);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        return { kind: "unavailable", reason: `header source: ${reason}` };
      } finally {
        clearTimeout(timer);
      }
    },
  };
}
