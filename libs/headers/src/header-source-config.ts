/** Where block headers come from. The same shape as the configuration's, so that its value can be passed on. */
export type HeaderSourceConfig =
  | { readonly kind: "none" }
  /** A local file of headers; see `readHeaderFile`. */
  | { readonly kind: "file"; readonly path: string }
  /** A miner that serves headers by hash and Merkle roots by height. `url` has no slash at its end. */
  | { readonly kind: "miner"; readonly url: string }
  /** A Block Headers Service. */
  | { readonly kind: "bhs"; readonly url: string }
  /** WhatsOnChain's public service. */
  | { readonly kind: "woc"; readonly network: "main" | "test" };

export interface HeaderSourceOptions {
  /** For services reached over HTTP. Default: the runtime's own. */
  readonly fetch?: typeof fetch;
  /** How long one lookup may take before it is answered `unavailable`. */
  readonly timeoutMs: number;
  /** Milliseconds of any steady clock. Default `performance.now`. */
  readonly nowMs?: () => number;
}
