import type { HttpRequest as UwsRequest, HttpResponse as UwsResponse } from "uWebSockets.js";
import type { HttpRequest, HttpResponse } from "./http-route.ts";
import { problem } from "./responses.ts";
import { reasonPhrase } from "./status-text.ts";
import { TokenBucket, TokenBuckets } from "./token-bucket.ts";

/** Why an upgrade is refused: a problem document or, for clients that never see one, a close code and its reason. */
export interface UpgradeRefusal {
  readonly status: number;
  readonly code: string;
  /** Default: the status's own words. */
  readonly title?: string;
  readonly detail: string;
  readonly retryAfterSeconds?: number;
  /** Other headers of the HTTP answer. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What in a request tells how its client has to be refused. */
export interface UpgradeHead {
  /** By lower-case name; "" when it is not there. */
  readonly header: (name: string) => string;
  /** Undefined when it is not there. */
  readonly query: (name: string) => string | undefined;
}

export function headOf(request: UwsRequest): UpgradeHead {
  return { header: (name) => request.getHeader(name), query: (name) => request.getQuery(name) };
}

export function headOfCopy({ headers, query }: HttpRequest): UpgradeHead {
  return { header: (name) => headers.get(name) ?? "", query: (name) => query.get(name) ?? undefined };
}

/** The subprotocol of a socket that is closed at once: a browser that has offered some fails without one of them. */
export function anySubprotocol({ header }: UpgradeHead): string {
  return /^[\w!#$%&'*+.^`|~-]+/.exec(header("sec-websocket-protocol").trimStart())?.[0] ?? "";
}

export function refusalResponse(refusal: UpgradeRefusal): HttpResponse {
  const { status, code, title = reasonPhrase(status), detail, retryAfterSeconds, headers } = refusal;
  const retryAfter = retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) };
  return problem(status, { code, title, detail }, { ...retryAfter, ...headers });
}

/** For the callback of the upgrade itself, when nothing of the request was copied. */
export function refuseAtOnce(res: UwsResponse, refusal: UpgradeRefusal): void {
  const { status, headers = {}, body = "" } = refusalResponse(refusal);
  res.writeStatus(`${String(status)} ${reasonPhrase(status)}`);
  for (const name in headers) res.writeHeader(name, headers[name] as string);
  res.end(body);
}

/** A person, or a page that tries again with some pauses, stays below this. */
const perAddress = { burst: 20, perSecond: 5 };
/** What a burst from many addresses may cost at most. */
const together = { burst: 200, perSecond: 100 };

/**
 * How many refusals may be told by accepting and closing. Such a one costs more than an HTTP answer, and its connection
 * stays until the peer has closed it or its time is over: beyond this rate all are told as HTTP.
 */
export class ClosingRefusals {
  readonly #perAddress: TokenBuckets;
  readonly #together: TokenBucket;

  constructor(nowMs: number) {
    this.#perAddress = new TokenBuckets(perAddress, nowMs);
    this.#together = new TokenBucket(together, nowMs);
  }

  take(address: string, nowMs: number): boolean {
    return this.#perAddress.take(address, nowMs) && this.#together.take(1, nowMs);
  }
}
