import type { HttpRoute } from "./http-route.ts";
import { problem } from "./responses.ts";
import { TokenBucket, TokenBuckets, type RateLimit } from "./token-bucket.ts";

/** Seconds' worth of the rate that may come at once: a wallet that was offline has something to tell. */
const burstSeconds = 16;

/** What a request is answered with beyond the budget; 429. */
export const tooManyBytes = { code: "EDGE_TOO_MANY_BYTES", title: "too much at once" } as const;

export interface ByteRates {
  /** Bytes a second. */
  readonly byteRatePerConnection: number;
  readonly byteRatePerIp: number;
}

/**
 * What one connection, and one address with all its connections and requests, may add to the log: bytes a second. Beyond
 * it, a request is refused and may be retried; nothing that is refused counts.
 */
export class ByteBudget {
  readonly #ofConnection: RateLimit;
  readonly #ofAddress: RateLimit;
  readonly #addresses: TokenBuckets;

  constructor({ byteRatePerConnection, byteRatePerIp }: ByteRates, nowMs: number) {
    this.#ofConnection = limitOf(byteRatePerConnection);
    this.#ofAddress = limitOf(byteRatePerIp);
    this.#addresses = new TokenBuckets(this.#ofAddress, nowMs);
  }

  /** A new connection's own. */
  forConnection(nowMs: number): TokenBucket {
    return new TokenBucket(this.#ofConnection, nowMs);
  }

  /** Null: it may be added. Otherwise the rule that it breaks. `own`: of the connection, where there is one. */
  refusal(bytes: number, address: string, own: TokenBucket | null, nowMs: number): string | null {
    if (own !== null && !own.take(bytes, nowMs)) return ruleOf("connection", this.#ofConnection);
    return this.#addresses.take(address, nowMs, bytes) ? null : ruleOf("address", this.#ofAddress);
  }

  /** The route, for requests whose bodies are within the budget of their address. */
  guard(route: HttpRoute): HttpRoute {
    if (route.method !== "POST") return route;
    return {
      ...route,
      handle: (request) => {
        const detail = this.refusal(request.body.length, request.remoteAddress, null, performance.now());
        if (detail === null) return route.handle(request);
        return problem(429, { ...tooManyBytes, detail }, { "retry-after": "1" });
      },
    };
  }
}

function limitOf(perSecond: number): RateLimit {
  return { burst: burstSeconds * perSecond, perSecond };
}

function ruleOf(whose: string, { burst, perSecond }: RateLimit): string {
  return `one ${whose} may add ${String(perSecond)} bytes a second, and ${String(burst)} at once`;
}
