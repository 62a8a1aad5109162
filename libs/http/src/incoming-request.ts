import type { HttpRequest as UwsRequest } from "uWebSockets.js";
import type { HttpRequest } from "./http-route.ts";

const emptyBody = new Uint8Array(0);

/** A copy of uWS's request, which is valid only during the callback. Query and signal are made when first asked for. */
export class IncomingRequest implements HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly remoteAddress: string;
  params: Readonly<Record<string, string>> = {};
  body: Uint8Array = emptyBody;
  readonly #rawQuery: string;
  #query: URLSearchParams | undefined;
  #abort: AbortController | undefined;
  #gone = false;

  constructor(request: UwsRequest, remoteAddress: string) {
    this.method = request.getMethod().toUpperCase();
    this.path = request.getUrl();
    this.#rawQuery = request.getQuery();
    this.remoteAddress = remoteAddress;
    const headers = new Map<string, string>();
    request.forEach((name, value) => {
      const earlier = headers.get(name);
      headers.set(name, earlier === undefined ? value : `${earlier}, ${value}`);
    });
    this.headers = headers;
  }

  get query(): URLSearchParams {
    return (this.#query ??= new URLSearchParams(this.#rawQuery));
  }

  get signal(): AbortSignal {
    this.#abort ??= new AbortController();
    if (this.#gone) this.#abort.abort();
    return this.#abort.signal;
  }

  /** The client went away, or does not get the socket that its route has accepted. */
  markGone(): void {
    this.#gone = true;
    this.#abort?.abort();
  }
}
