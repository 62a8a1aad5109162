import { FetchHttpClient, type HttpClient } from "@bsv/sdk";

/** The SDK's client over `fetch`, with the time limit that it lacks: a hung connection is closed, not left behind. */
export function createHttpClient(fetcher: typeof fetch, timeoutMs: number): HttpClient {
  return new FetchHttpClient((url, options) =>
    fetcher(url, { ...(options as RequestInit), signal: AbortSignal.timeout(timeoutMs) }),
  );
}
